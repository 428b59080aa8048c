//! Judges what comes: how old it is, and whether it is whole. For `vc-bench circuit`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Instant;

use vc::prelude::*;
use vc_bench::{BenchError, digest};
use vc_msgs::sensor_msgs::msg::Image;

#[derive(Default)]
struct Seen {
    ages_us: Vec<f64>,
    /// How often each content came, by the picture's number.
    contents: BTreeMap<(String, u64), u64>,
    first_and_last: Option<(Instant, Instant)>,
}

impl Seen {
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    fn note(&mut self, picture: &Received<'_, Image>) {
        let age_ns = vc::clock::now() - picture.envelope().source_time_ns;
        let now = Instant::now();
        self.ages_us.push(age_ns as f64 / 1e3);
        self.first_and_last = Some((self.first_and_last.map_or(now, |(first, _)| first), now));
        let content = (picture.header().frame_id().to_string(), digest(picture.data(), picture.step()));
        *self.contents.entry(content).or_default() += 1;
    }

    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    fn report(&self) -> serde_json::Value {
        let lasted = self.first_and_last.map_or(0.0, |(first, last)| (last - first).as_secs_f64());
        let contents = self
            .contents
            .iter()
            .map(|((picture, digest), count)| serde_json::json!([picture, digest.to_string(), count]));
        serde_json::json!({
            "received": self.ages_us.len(),
            "rate_hz": self.ages_us.len().saturating_sub(1) as f64 / lasted,
            "us": self.ages_us,
            "contents": contents.collect::<Vec<_>>(),
        })
    }
}

fn main() -> Result<(), BenchError> {
    let block = Block::new("judging_sink", "Judges what comes.");
    let image = block.input::<Image>("image", "Pictures; the frame id is the picture's number.");
    let report = block.parameter("report", String::new(), "The file that the judgement is written to.");
    let mut node = block.open()?;
    let (seen, report) = (Rc::new(RefCell::new(Seen::default())), node.get(&report));
    let noted = Rc::clone(&seen);
    node.on(&image, move |picture| noted.borrow_mut().note(&picture))?;
    node.run()?;
    std::fs::write(report, seen.borrow().report().to_string())?;
    Ok(())
}
