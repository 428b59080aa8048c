//! The blocks as processes: pictures drawn, stored as video, read again, shown in a window.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use vc_picture::{Encoding, Picture};
use vc_sources::synthetic::counter::read_counter;

const PATIENCE: Duration = Duration::from_secs(90);

/// A domain of its own and programs to run in it.
struct Host {
    domain: u32,
    folder: tempfile::TempDir,
}

impl Host {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let domain = 120 + (std::process::id() * 4 + NEXT.fetch_add(1, Ordering::Relaxed)) % 100;
        Self { domain, folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start(&self, program: &Path, arguments: &[&str]) -> Running {
        Running(Some(self.command(program, arguments).spawn().unwrap()))
    }

    fn command(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.arg("--ros-args").args(arguments.iter().flat_map(|argument| ["-p", argument]));
        command
            .env("ROS_DOMAIN_ID", self.domain.to_string())
            .env_remove("DISPLAY")
            .env_remove("NOTIFY_SOCKET");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a camera until it ends by itself.
    fn camera(&self, arguments: &[&str]) -> Output {
        self.command(&sibling("camera"), arguments).output().unwrap()
    }

    /// What a screen with `arguments` stores as last.png of what a camera sends.
    fn last(&self, camera: &[&str]) -> Option<(u64, u64)> {
        let out = self.path("last");
        let screen = self.start(&screen(), &["view:=file", &format!("out:={}", out.display())]);
        std::thread::sleep(Duration::from_millis(700));
        let output = self.camera(camera);
        assert!(output.status.success(), "{}", said(&output));
        std::thread::sleep(Duration::from_millis(300));
        let output = end(screen);
        assert!(output.status.success(), "{}", said(&output));
        numbers(&out.join("last.png"))
    }
}

fn screen() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_screen"))
}

/// A program of another package, built with the workspace.
fn sibling(name: &str) -> PathBuf {
    let path = screen().with_file_name(name);
    assert!(path.exists(), "`{}` is missing: cargo build --workspace", path.display());
    path
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A node, which does not outlive a test that fails.
struct Running(Option<Child>);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut node) = self.0.take() {
            let _ = node.kill();
            let _ = node.wait();
        }
    }
}

/// Asks a node to stop and waits for it.
fn end(mut node: Running) -> Output {
    let mut node = node.0.take().unwrap();
    let _ = Command::new("kill").args(["-INT", &node.id().to_string()]).status();
    let deadline = Instant::now() + PATIENCE;
    while node.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            let _ = node.kill();
            panic!("a node did not end: {}", said(&node.wait_with_output().unwrap()));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    node.wait_with_output().unwrap()
}

/// The numbers in the strips of a PNG of the scene.
fn numbers(path: &Path) -> Option<(u64, u64)> {
    let file = std::io::BufReader::new(std::fs::File::open(path).ok()?);
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    read_counter(Picture::new((info.width, info.height), Encoding::Rgb8, 3 * info.width, &pixels).unwrap())
}

#[test]
fn a_scene_is_recorded_and_the_video_is_played_again() {
    for name in ["clip.avi", "clip.mp4"] {
        let host = Host::new();
        let clip = host.path(name).display().to_string();
        let recorder = host.start(&screen(), &["view:=file", &format!("out:={clip}"), "rate:=25.0"]);
        std::thread::sleep(Duration::from_millis(2500));
        let output = host.camera(&["frames:=40", "rate:=20.0", "width:=320", "height:=240"]);
        assert!(output.status.success(), "{}", said(&output));
        std::thread::sleep(Duration::from_millis(300));
        let output = end(recorder);
        assert!(output.status.success(), "{}", said(&output));

        let source = format!("source:={clip}");
        assert_eq!(host.last(&[&source, "rate:=50.0"]), Some((39, 39)), "{name}");
        assert_eq!(host.last(&[&source, "rate:=50.0", "frames:=8"]), Some((7, 7)), "{name}");
        assert_eq!(host.last(&[&source, "rate:=50.0", "frames:=45", "loop:=true"]), Some((4, 4)), "{name}");
    }
}

#[test]
fn a_picture_file_is_published_as_often_as_asked() {
    let host = Host::new();
    assert_eq!(host.last(&["frames:=13", "rate:=100.0"]), Some((12, 12)));
    let picture = host.path("picture.png");
    std::fs::rename(host.path("last/last.png"), &picture).unwrap();

    let source = format!("source:={}", picture.display());
    assert_eq!(host.last(&[&source, "frames:=5", "rate:=50.0"]), Some((12, 12)));
}

#[test]
fn what_cannot_be_opened_is_named() {
    let host = Host::new();
    let text = host.path("text.txt");
    std::fs::write(&text, "no picture").unwrap();
    let refused = |source: &str| {
        let output = host.camera(&[&format!("source:={source}")]);
        assert!(!output.status.success(), "{source}");
        said(&output)
    };

    assert!(refused("/no/such/clip.mp4").contains("cannot read `/no/such/clip.mp4`: No such file"));
    assert!(refused(&text.display().to_string()).contains("is neither a picture nor a video"));
    assert!(refused(&host.folder.path().display().to_string()).contains("is a directory"));
    let device = refused("/dev/video97");
    assert!(device.contains("cannot open capture device `/dev/video97`; this host has"), "{device}");
    assert!(refused("63").contains("cannot open capture device `63`"));
    let small = said(&host.camera(&["width:=32"]));
    assert!(small.contains("32x480 pixels: each side must be 64 to 16384"), "{small}");
    let output = host.command(&screen(), &["view:=file"]).output().unwrap();
    assert!(said(&output).contains("`out` does not say where"), "{}", said(&output));
}

#[test]
fn a_program_without_its_sibling_says_so() {
    let host = Host::new();
    let alone = host.path("camera");
    std::fs::copy(sibling("camera"), &alone).unwrap();

    let output = host.command(&alone, &["source:=clip.mp4"]).output().unwrap();

    assert!(!output.status.success());
    assert!(
        said(&output).contains("camera_capture` is needed for devices, video files"),
        "{}",
        said(&output)
    );
    assert!(host.command(&alone, &["frames:=1", "rate:=100.0"]).output().unwrap().status.success());
}

#[test]
fn a_window_shows_pictures_until_it_is_stopped() {
    let host = Host::new();
    let out = host.path("shown");
    let mut command = host.command(&screen(), &["view:=window", &format!("out:={}", out.display())]);
    let window = Running(Some(command.env("QT_QPA_PLATFORM", "offscreen").spawn().unwrap()));
    std::thread::sleep(Duration::from_millis(2500));

    assert!(host.camera(&["frames:=20", "rate:=20.0"]).status.success());
    std::thread::sleep(Duration::from_millis(500));
    let output = end(window);

    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(numbers(&out.join("last.png")), Some((19, 19)));
}
