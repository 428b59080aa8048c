//! The edge detector's function alone, in one process: what `vc-bench circuit` compares with.
//!
//! Arguments: width, height, seconds, pictures a second (0: as fast as it goes). Prints one line of JSON.
#![expect(clippy::print_stdout, reason = "figures are the program's output")]

use std::time::{Duration, Instant};

use vc_bench::{BenchError, digest, stills};
use vc_picture::{Encoding, Picture, PictureMut};
use vc_vision::edges::Edges;

fn main() -> Result<(), BenchError> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [width, height, seconds, rate] = args.as_slice() else { return Err("four arguments".into()) };
    let (width, height): (u32, u32) = (width.parse()?, height.parse()?);
    let (length, rate) = (Duration::from_secs_f64(seconds.parse()?), rate.parse::<f64>()?);
    let pictures = stills(width, height)?;
    // The block's defaults.
    let mut edges = Edges::new(127.0, 255.0);
    let (step, mut room) = (pictures[0].step, vec![0; pictures[0].data.len()]);
    let mut detect = |number: usize, room: &mut [u8]| -> Result<(), BenchError> {
        let still = &pictures[number % pictures.len()];
        let picture = Picture::new((width, height), Encoding::Bgr8, step, &still.data)?;
        let mut out = PictureMut::new((width, height), Encoding::Bgr8, step, room)?;
        Ok(edges.detect(picture, &mut out)?)
    };
    let mut digests = Vec::new();
    for number in 0..pictures.len() {
        detect(number, &mut room)?;
        digests.push(digest(&room, step).to_string());
    }
    let (begin, mut times_us) = (Instant::now(), Vec::new());
    while begin.elapsed() < length {
        let start = Instant::now();
        detect(times_us.len(), &mut room)?;
        times_us.push(start.elapsed().as_secs_f64() * 1e6);
        if rate > 0.0 {
            let next = begin + Duration::from_secs_f64(f64::from(u32::try_from(times_us.len())?) / rate);
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
        }
    }
    let rate_hz = f64::from(u32::try_from(times_us.len())?) / begin.elapsed().as_secs_f64();
    println!("{}", serde_json::json!({ "rate_hz": rate_hz, "us": times_us, "digests": digests }));
    Ok(())
}
