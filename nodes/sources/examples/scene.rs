//! Writes pictures of the synthetic scene: `scene WIDTH HEIGHT FRAME FILE.png`; without a file, times the drawing.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a tool for whoever changes the scene")]

use std::time::Instant;

use vc_picture::{Encoding, PictureMut};
use vc_sources::synthetic::Scene;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (width, height): (u32, u32) = (args[0].parse().unwrap(), args[1].parse().unwrap());
    let mut data = vec![0; (width * height * 3) as usize];
    let scene = Scene::new(width, height).unwrap();
    let draw = |frame, data: &mut [u8]| {
        let mut out = PictureMut::new((width, height), Encoding::Bgr8, width * 3, data).unwrap();
        scene.draw(frame, &mut out).unwrap();
    };
    let Some(file) = args.get(3) else {
        draw(0, &mut data);
        let start = Instant::now();
        (0..300).for_each(|frame| draw(frame, &mut data));
        println!("{width}x{height}: {:?} a picture", start.elapsed() / 300);
        return;
    };
    draw(args[2].parse().unwrap(), &mut data);
    data.chunks_exact_mut(3).for_each(<[u8]>::reverse);
    let mut encoder = png::Encoder::new(std::fs::File::create(file).unwrap(), width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&data).unwrap();
}
