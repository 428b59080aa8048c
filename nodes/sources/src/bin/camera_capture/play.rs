//! Pictures from devices, video files and picture files, by OpenCV.

use vc::prelude::*;
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
    // A device was told its rate when it was opened; only what we pace ourselves can change it.
    let is_device = matches!(settings.source, Source::Device(_) | Source::DevicePath(_));
    let own = reader.own_rate().unwrap_or(USUAL_RATE);
    let rate = if is_device { Hertz(DEVICE_RATE) } else { settings.rate_or(own) };
    let images = node.publisher(&camera.image)?;
    let countdown = Countdown::new(node, settings.frames);
    let mut player = Player { images, reader, countdown, layout: Image::default(), copies: 0 };
    let pace = node.timer(rate, move |_| player.turn())?;
    if !is_device {
        camera.follow_rate(node, pace, own)?;
    }
    Ok(())
}

/// What the timer works with.
struct Player {
    images: Publisher<Image>,
    reader: Reader,
    countdown: Countdown,
    layout: Image,
    /// Pictures that the driver did not write into shared memory.
    copies: u64,
}

impl Player {
    /// Waits for one picture and sends it.
    fn turn(&mut self) -> Result<(), CaptureError> {
        if self.countdown.next().is_none() {
            return Ok(());
        }
        if !self.reader.wait()? {
            tracing::info!(copied = self.copies, "end of input");
            self.countdown.end();
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
