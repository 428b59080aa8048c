//! The page in a real browser: it shows pictures that change, tells silence and loss, and comes back by itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    dead_code,
    reason = "a test, and modules shared with others"
)]

mod chromium;
mod scene;

use std::sync::Arc;

use chromium::Browser;
use scene::{Copied, Player, broken, now};
use vc_sinks::stage::Stage;
use vc_sinks::web::{Web, WebOptions};

/// The number in the scene's upper strip, as the canvas shows it: 30 bits between a white and a black cell.
const COUNTER: &str = "(() => {
    const canvas = document.getElementById('picture');
    if (canvas.hidden || !canvas.width) return -1;
    const pixels = canvas.getContext('2d').getImageData(0, 8, 512, 1).data;
    let cells = 0n;
    for (let cell = 0; cell < 32; cell++) cells = cells << 1n | BigInt(pixels[4 * (16 * cell + 8) + 1] > 127);
    return cells >> 31n === 1n && (cells & 1n) === 0n ? Number(cells >> 1n & 0x3fffffffn) : -1;
})()";

fn options(port: u16) -> WebOptions {
    WebOptions { title: "/demo/screen".to_owned(), port, quality: 80 }
}

fn is_state(word: &str) -> String {
    format!("document.getElementById('state').innerText.trim() === '{word}'")
}

#[test]
fn the_page_shows_pictures_that_change_and_tells_what_is_wrong() {
    let stage = Arc::new(Stage::<Copied>::default());
    let web = Web::start(Arc::clone(&stage), options(0)).unwrap();
    let mut browser = Browser::open(&format!("http://{}/", web.address()));

    browser.wait_for("document.body && document.body.innerText.includes('No picture yet') || false");
    browser.photograph("page-waiting.png");

    let player = Player::start(&stage);
    browser.wait_for(&is_state("live"));
    browser.wait_for(&format!("{COUNTER} > 0"));
    let earlier = browser.value(COUNTER).as_i64().unwrap();
    browser.wait_for(&format!("{COUNTER} > {}", earlier + 15));
    browser.wait_for("parseFloat(document.getElementById('rate').innerText) > 5");
    browser.photograph("page-live.png");
    assert_eq!(browser.value("document.title"), "/demo/screen");
    assert_eq!(browser.value("document.getElementById('size').innerText"), "640 × 480");

    drop(player);
    browser.wait_for("/Source silent for [0-9]+ s/.test(document.body.innerText)");
    browser.photograph("page-silent.png");

    stage.show(broken(), now());
    browser.wait_for(&is_state("cannot show"));
    browser.photograph("page-broken.png");

    let port = web.address().port();
    drop(web);
    browser.wait_for(&is_state("disconnected"));
    browser.photograph("page-lost.png");

    let stage = Arc::new(Stage::<Copied>::default());
    let _web = Web::start(Arc::clone(&stage), options(port)).unwrap();
    let _player = Player::start(&stage);
    browser.wait_for(&is_state("live"));
    browser.ask(
        "Emulation.setEmulatedMedia",
        &serde_json::json!({
            "features": [{ "name": "prefers-color-scheme", "value": "dark" }]
        }),
    );
    browser.wait_for(&format!("{COUNTER} > 5"));
    browser.photograph("page-dark.png");
    assert_eq!(browser.value("performance.getEntriesByType('resource').every(r => r.name.startsWith(location.origin) || r.name.startsWith('data:'))"), true);
}

#[test]
fn a_plain_viewer_shows_the_stream() {
    let stage = Arc::new(Stage::<Copied>::default());
    let _player = Player::start(&stage);
    let web = Web::start(Arc::clone(&stage), options(0)).unwrap();
    let mut browser = Browser::open(&format!("http://{}/stream", web.address()));

    browser.wait_for("document.images.length === 1 && document.images[0].naturalWidth === 640");
    browser.photograph("stream.png");
}
