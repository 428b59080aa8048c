//! Answers to requests.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::channel::{Channel, Sender};
use http_body_util::{Either, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Request, Response, StatusCode};

use super::gallery::{Gallery, Print};
use super::request::{self, Ask, Refusal};
use crate::stage::Shot;

/// Time a viewer's question for the next picture waits for one.
const POLL_PATIENCE: Duration = Duration::from_secs(15);
/// What stands between the pictures of a stream.
const BOUNDARY: &str = "vc-picture";

const INDEX: &str = include_str!("page/index.html");
const STYLE: &str = include_str!("page/screen.css");
const SCRIPT: &str = include_str!("page/screen.js");

const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

type Body = Either<Full<Bytes>, Channel<Bytes>>;
type Answer = Response<Body>;

/// Answers a request. Always with something: a viewer's mistake is told to the viewer.
pub(super) async fn answer<S: Shot>(
    gallery: Arc<Gallery<S>>,
    request: Request<Incoming>,
) -> Result<Answer, Infallible> {
    let asked = request::read(request.method(), request.uri(), request.headers());
    let mut answer = match asked {
        Ok(Ask::Page(file)) => page(file),
        Ok(Ask::Frame { after }) => frame(gallery.next(after, POLL_PATIENCE).await),
        Ok(Ask::Snapshot) => snapshot(gallery.snapshot()),
        Ok(Ask::Status) => full(StatusCode::OK, "application/json", gallery.status()),
        Ok(Ask::Stream) => stream(gallery),
        Err(refusal) => refuse(refusal),
    };
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (CONTENT_SECURITY_POLICY, "default-src 'self'; img-src 'self' blob: data:; frame-ancestors 'none'"),
    ] {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(answer)
}

fn full(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Either::Left(Full::new(body.into())));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

fn page(file: &str) -> Answer {
    let (kind, text) = match file {
        "screen.css" => ("text/css; charset=utf-8", STYLE),
        "screen.js" => ("text/javascript; charset=utf-8", SCRIPT),
        _ => (HTML, INDEX),
    };
    full(StatusCode::OK, kind, text)
}

fn refuse(refusal: Refusal) -> Answer {
    let (status, text) = match refusal {
        Refusal::Stranger => {
            (StatusCode::FORBIDDEN, "this page is served to this host as `localhost` only\n")
        }
        Refusal::Method => (StatusCode::METHOD_NOT_ALLOWED, "GET and HEAD only\n"),
        Refusal::Unknown => {
            (StatusCode::NOT_FOUND, "here are /, /frame, /stream, /snapshot.png and /status\n")
        }
        Refusal::Number => (StatusCode::BAD_REQUEST, "`after` takes the number of a picture\n"),
    };
    let mut answer = full(status, TEXT, text);
    if refusal == Refusal::Method {
        answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    answer
}

/// The picture; 204 if none came in time, 422 if what came cannot be shown.
fn frame(print: Option<Print>) -> Answer {
    let Some(print) = print else { return full(StatusCode::NO_CONTENT, TEXT, "") };
    let facts = [
        ("x-sequence", HeaderValue::from(print.sequence)),
        ("x-age-ms", HeaderValue::from(u64::try_from(print.age.as_millis()).unwrap_or(u64::MAX))),
        ("x-rate-hz", HeaderValue::try_from(format!("{:.2}", print.rate_hz)).unwrap_or(HeaderValue::from(0))),
    ];
    let mut answer = match print.jpeg {
        Ok(jpeg) => full(StatusCode::OK, "image/jpeg", jpeg),
        Err(error) => full(StatusCode::UNPROCESSABLE_ENTITY, TEXT, error),
    };
    for (name, value) in facts {
        answer.headers_mut().insert(HeaderName::from_static(name), value);
    }
    answer
}

fn snapshot(png: Option<Result<Vec<u8>, String>>) -> Answer {
    match png {
        Some(Ok(png)) => full(StatusCode::OK, "image/png", png),
        Some(Err(error)) => full(StatusCode::UNPROCESSABLE_ENTITY, TEXT, error),
        None => full(StatusCode::NOT_FOUND, TEXT, "no picture yet\n"),
    }
}

/// Pictures one after the other until the viewer leaves.
fn stream<S: Shot>(gallery: Arc<Gallery<S>>) -> Answer {
    let (parts, body) = Channel::new(1);
    tokio::spawn(feed(gallery, parts));
    let mut answer = Response::new(Either::Right(body));
    let kind = HeaderValue::try_from(format!("multipart/x-mixed-replace; boundary={BOUNDARY}"));
    answer.headers_mut().insert(CONTENT_TYPE, kind.unwrap_or(HeaderValue::from_static(TEXT)));
    answer
}

/// Each part ends with the boundary that begins the next: viewers show a picture when they see it.
async fn feed<S: Shot>(gallery: Arc<Gallery<S>>, mut parts: Sender<Bytes>) {
    let mut after = 0;
    let mut lead = format!("--{BOUNDARY}\r\n");
    loop {
        let Some(print) = gallery.next(after, POLL_PATIENCE).await else { continue };
        after = print.sequence;
        let Ok(jpeg) = print.jpeg else { continue };
        let head = format!("{lead}Content-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n", jpeg.len());
        lead.clear();
        let tail = format!("\r\n--{BOUNDARY}\r\n");
        for part in [head.into(), jpeg, tail.into()] {
            if parts.send_data(part).await.is_err() {
                return;
            }
        }
    }
}
