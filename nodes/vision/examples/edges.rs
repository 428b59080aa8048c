//! Times the detector: `edges WIDTH HEIGHT THREADS`, on the synthetic scene.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a tool for whoever changes the detector")]

use std::time::{Duration, Instant};

use vc_picture::{Encoding, PictureMut};
use vc_sources::synthetic::Scene;
use vc_vision::edges::Edges;

fn main() {
    let args: Vec<u32> = std::env::args().skip(1).map(|arg| arg.parse().unwrap()).collect();
    let [width, height, threads] = args[..] else { panic!("edges WIDTH HEIGHT THREADS") };
    opencv::core::set_num_threads(threads.try_into().unwrap()).unwrap();
    let (mut drawn, mut marked) =
        (vec![0; (width * height * 3) as usize], vec![0; (width * height * 3) as usize]);
    let scene = Scene::new(width, height).unwrap();
    let mut edges = Edges::new(127.0, 255.0);
    let mut times: Vec<Duration> = (0..200)
        .map(|frame| {
            let mut picture =
                PictureMut::new((width, height), Encoding::Bgr8, 3 * width, &mut drawn).unwrap();
            scene.draw(frame, &mut picture).unwrap();
            let mut room = PictureMut::new((width, height), Encoding::Bgr8, 3 * width, &mut marked).unwrap();
            std::thread::sleep(Duration::from_millis(10));
            let start = Instant::now();
            edges.detect(picture.as_picture(), &mut room).unwrap();
            start.elapsed()
        })
        .collect();
    let first = times[0];
    times.sort();
    println!(
        "{width}x{height}, {threads} threads: first {first:?}, p50 {:?}, p99 {:?}",
        times[100], times[198]
    );
}
