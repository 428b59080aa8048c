//! The page's server over real sockets: several viewers, one that never reads, and guests of bad manners.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    dead_code,
    reason = "a test, and modules shared with others"
)]

mod scene;

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use scene::{Copied, Player, broken, now, scene};
use vc_sinks::stage::Stage;
use vc_sinks::web::{MAX_CONNECTIONS, Web, WebError, WebOptions};
use vc_sources::synthetic::counter::read_counter;

const PATIENCE: Duration = Duration::from_secs(60);

struct Answer {
    status: u16,
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

impl Answer {
    fn number(&self, header: &str) -> f64 {
        self.headers[header].parse().unwrap()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

fn serve() -> (Arc<Stage<Copied>>, Web) {
    let stage = Arc::new(Stage::default());
    let options = WebOptions { title: "/screen".to_owned(), port: 0, quality: 80 };
    let web = Web::start(Arc::clone(&stage), options).unwrap();
    (stage, web)
}

fn connect(web: &Web) -> TcpStream {
    let stream = TcpStream::connect(web.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Sends a request as it is and reads until the server closes.
fn raw(web: &Web, request: &[u8]) -> Vec<u8> {
    let mut stream = connect(web);
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

fn get(web: &Web, target: &str) -> Answer {
    let request = format!("GET {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", web.address());
    parse(&raw(web, request.as_bytes()))
}

fn parse(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a whole head");
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    Answer { status, headers, body: bytes[end + 4..].to_vec() }
}

/// The numbers in a JPEG of the scene.
fn numbers(jpeg: &[u8]) -> Option<(u64, u64)> {
    let pixels = jpeg_decoder::Decoder::new(jpeg).decode().unwrap();
    let picture = vc_picture::Picture::new((640, 480), vc_picture::Encoding::Rgb8, 1920, &pixels).unwrap();
    read_counter(picture)
}

#[test]
fn a_viewer_gets_each_picture_with_its_facts() {
    let (stage, web) = serve();
    stage.show(scene(41), now());

    let answer = get(&web, "/frame");

    assert_eq!((answer.status, answer.headers["content-type"].as_str()), (200, "image/jpeg"));
    assert_eq!(numbers(&answer.body), Some((41, 41)));
    assert!((answer.number("x-sequence") - 1.0).abs() < 1e-9);
    assert!((0.0..60_000.0).contains(&answer.number("x-age-ms")));
    assert_eq!(answer.headers["cache-control"], "no-store");
}

#[test]
fn a_question_for_the_next_picture_waits_for_it() {
    let (stage, web) = serve();
    stage.show(scene(0), now());
    let showing = Arc::clone(&stage);
    let later = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        showing.show(scene(1), now());
    });

    let asked = Instant::now();
    let answer = get(&web, "/frame?after=1");

    assert_eq!(numbers(&answer.body), Some((1, 1)));
    assert!(asked.elapsed() >= Duration::from_millis(250));
    later.join().unwrap();
}

#[test]
fn status_and_snapshot_tell_of_a_picture_or_of_none() {
    let (stage, web) = serve();
    let status = |web| serde_json::from_slice::<serde_json::Value>(&get(web, "/status").body).unwrap();
    assert!(status(&web)["picture"].is_null());
    assert_eq!(get(&web, "/snapshot.png").status, 404);

    stage.show(scene(5), now());
    assert_eq!(status(&web)["picture"]["width"], 640);
    assert_eq!(status(&web)["title"], "/screen");
    assert_eq!(&get(&web, "/snapshot.png").body[1..4], b"PNG");

    stage.show(broken(), now());
    assert!(status(&web)["picture"]["error"].as_str().unwrap().contains("needs 921600 bytes"));
    let answer = get(&web, "/frame?after=1");
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("needs 921600 bytes"));
    assert_eq!(get(&web, "/snapshot.png").status, 422);
}

#[test]
fn several_viewers_see_pictures_while_others_never_read() {
    let (stage, web) = serve();
    let _player = Player::start(&stage);
    let request = format!("GET /stream HTTP/1.1\r\nHost: {}\r\n\r\n", web.address());
    let sleepers: Vec<TcpStream> = (0..8)
        .map(|_| {
            let mut stream = connect(&web);
            stream.write_all(request.as_bytes()).unwrap();
            stream
        })
        .collect();

    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut last = 0.0;
                for _ in 0..10 {
                    let answer = get(&web, &format!("/frame?after={last}"));
                    assert_eq!(answer.status, 200);
                    assert!(answer.number("x-sequence") > last);
                    let (top, bottom) = numbers(&answer.body).unwrap();
                    assert_eq!(top, bottom);
                    last = answer.number("x-sequence");
                }
            });
        }
    });

    // Those who never read are shut out in the end, so that their places are free again.
    for mut sleeper in sleepers {
        sleeper.set_nonblocking(false).unwrap();
        std::thread::sleep(Duration::from_millis(1));
        let deadline = Instant::now() + PATIENCE;
        while sleeper.write_all(b"x").is_ok() {
            assert!(Instant::now() < deadline, "a viewer that never reads keeps its place");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

#[test]
fn the_stream_is_pictures_between_boundaries() {
    let (stage, web) = serve();
    let _player = Player::start(&stage);
    let mut stream = connect(&web);
    stream.write_all(format!("GET /stream HTTP/1.0\r\nHost: {}\r\n\r\n", web.address()).as_bytes()).unwrap();

    let mut seen = Vec::new();
    let mut chunk = [0; 8192];
    while seen.windows(12).filter(|twelve| twelve == b"--vc-picture").count() < 4 {
        let count = stream.read(&mut chunk).unwrap();
        assert!(count > 0, "the stream ended");
        seen.extend_from_slice(&chunk[..count]);
    }

    let text = String::from_utf8_lossy(&seen);
    assert!(text.contains("multipart/x-mixed-replace; boundary=vc-picture"));
    assert!(text.matches("Content-Type: image/jpeg").count() >= 3);
}

#[test]
fn guests_of_bad_manners_are_answered_and_harm_nobody() {
    let (stage, web) = serve();
    stage.show(scene(0), now());
    let host = web.address();
    let status = |request: &str| {
        let answer = raw(&web, request.as_bytes());
        if answer.is_empty() { 0 } else { parse(&answer).status }
    };

    assert_eq!(status("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"), 403);
    assert_eq!(status("GET /frame HTTP/1.0\r\n\r\n"), 403);
    assert_eq!(status(&format!("GET /nowhere HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")), 404);
    assert_eq!(
        status(&format!("GET /frame?after=x HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")),
        400
    );
    let post = "Content-Length: 999999999999\r\nConnection: close\r\n\r\n";
    assert_eq!(status(&format!("POST / HTTP/1.1\r\nHost: {host}\r\n{post}")), 405);
    assert_eq!(status("NONSENSE\r\n\r\n"), 400);
    assert_eq!(status("\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n"), 400);
    let long = format!("GET / HTTP/1.1\r\nHost: {host}\r\nX: {}\r\n\r\n", "a".repeat(100_000));
    assert!([0, 431].contains(&status(&long)));
    let many = format!("GET / HTTP/1.1\r\nHost: {host}\r\n{}\r\n", "X: y\r\n".repeat(1000));
    assert!([0, 431].contains(&status(&many)));

    assert_eq!(get(&web, "/").status, 200);
}

#[test]
fn an_endless_head_is_cut_off_and_the_crowd_is_bounded() {
    let (stage, web) = serve();
    stage.show(scene(0), now());
    let crowd: Vec<TcpStream> = (0..MAX_CONNECTIONS)
        .map(|_| {
            let mut stream = connect(&web);
            stream.write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap();
            stream
        })
        .collect();
    std::thread::sleep(Duration::from_millis(300));
    assert!(raw(&web, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").is_empty(), "no place left");

    for mut stream in crowd {
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
    }

    assert_eq!(get(&web, "/status").status, 200);
}

#[test]
fn a_port_that_is_taken_is_named_and_port_0_takes_another() {
    let (_, web) = serve();
    let options = |port| WebOptions { title: String::new(), port, quality: 80 };
    let port = web.address().port();

    let error = Web::start(Arc::new(Stage::<Copied>::default()), options(port)).unwrap_err();
    assert!(matches!(error, WebError::Port { port: named, .. } if named == port), "{error}");
    let other = Web::start(Arc::new(Stage::<Copied>::default()), options(0)).unwrap();
    assert_ne!(other.address().port(), port);
    assert!(other.address().ip().is_loopback());
}
