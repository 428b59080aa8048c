//! Pictures from devices, video files and picture files, by OpenCV.

use std::time::Instant;

use vc::prelude::*;
use vc_gate::{Spacing, Switch};
use vc_msgs::sensor_msgs::msg::Image;
use vc_picture::{Encoding, message};

use crate::error::CaptureError;
use crate::reader::{Read, Reader};
use vc_sources::camera::{Camera, Countdown, Source, USUAL_RATE};

/// How often a device is asked for its next picture, at most; it answers at its own rate.
const DEVICE_RATE: f64 = 1000.0;

/// Publishes the pictures of the source, decoded into shared memory where its driver allows it.
///
/// A video or device is read once a turn; a picture file is decoded once and published again and again. A device
/// sets its own pace: the node waits for it.
///
/// # Errors
/// [`CaptureError`] if the source cannot be opened, or the topic.
pub(crate) fn play(node: &mut Node, camera: &Camera) -> Result<(), CaptureError> {
    let settings = camera.settings(node);
    let reader = Reader::open(&settings)?;
    // A device was told its rate when it was opened; if it keeps another, pictures are passed over.
    let is_device = matches!(settings.source, Source::Device(_) | Source::DevicePath(_));
    let own = reader.own_rate().unwrap_or(USUAL_RATE);
    let rate = if is_device { Hertz(DEVICE_RATE) } else { settings.rate_or(own) };
    let images = node.publisher(&camera.image)?;
    let countdown = Countdown::new(node, settings.frames);
    let (switch, rate_now) = (camera.enable.open(node)?, camera.rate(node));
    let limit =
        is_device.then(|| Limit { rate: rate_now, spacing: Spacing::default(), began: Instant::now() });
    let mut player = Player { images, reader, countdown, switch, limit, layout: Image::default(), copies: 0 };
    let pace = node.timer(rate, move |_| player.turn())?;
    if !is_device {
        camera.follow_rate(node, pace, own)?;
    }
    Ok(())
}

/// Holds a device to the rate asked for.
struct Limit {
    rate: Live<f64>,
    spacing: Spacing,
    began: Instant,
}

impl Limit {
    fn takes_turn(&mut self) -> bool {
        let now_ns = u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.spacing.ask(now_ns, self.rate.get()).is_ok()
    }
}

/// What the timer works with.
struct Player {
    images: Publisher<Image>,
    reader: Reader,
    countdown: Countdown,
    switch: Switch,
    limit: Option<Limit>,
    layout: Image,
    /// Pictures that the driver did not write into shared memory.
    copies: u64,
}

impl Player {
    /// Waits for one picture and sends it.
    fn turn(&mut self) -> Result<(), CaptureError> {
        // A paused device goes on taking pictures, so that the first one after the pause is a new one.
        if self.countdown.next().is_none() || (self.limit.is_none() && !self.switch.is_on()) {
            return Ok(());
        }
        if !self.reader.wait()? {
            tracing::info!(copied = self.copies, "end of input");
            self.countdown.end();
            return Ok(());
        }
        if !self.switch.is_on() || self.limit.as_mut().is_some_and(|limit| !limit.takes_turn()) {
            return Ok(());
        }
        let time = now();
        if (self.layout.width, self.layout.height) != self.reader.size() {
            self.layout = message::layout(self.reader.size(), Encoding::Bgr8, "camera")?;
        }
        message::stamp(&mut self.layout, time);
        let mut slot = message::loan(&self.images, &self.layout)?;
        match self.reader.read_into(&mut message::pixels(&mut slot, &self.layout)?)? {
            Read::InPlace => {}
            Read::Copied => self.copies += 1,
            Read::Resized => {
                // The picture lies in the driver's memory: it is copied, this once.
                drop(slot);
                self.layout = message::layout(self.reader.size(), Encoding::Bgr8, "camera")?;
                message::stamp(&mut self.layout, time);
                slot = message::loan(&self.images, &self.layout)?;
                self.reader.copy_into(&mut message::pixels(&mut slot, &self.layout)?)?;
            }
        }
        if self.copies == 1 {
            tracing::info!("the driver does not decode into shared memory; each picture is copied once");
            self.copies += 1;
        }
        slot.send_at(time)?;
        self.countdown.count();
        Ok(())
    }
}
