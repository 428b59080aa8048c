//! A page on this host that shows the pictures live.
//!
//! One thread, apart from the node's, serves everything. It sleeps until somebody asks. A picture is encoded only
//! when a viewer wants it, once for all viewers, straight from the memory it came in; a viewer that is slow gets
//! fewer pictures, and one that stops reading is dropped. Only this host is served, and only under its own name, so
//! that no foreign page can read the pictures by pointing a name of its own at this host.

mod answer;
mod gallery;
mod patient;
mod request;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::{Semaphore, oneshot};

use self::gallery::Gallery;
use self::patient::Patient;
use crate::stage::{Shot, Stage};

/// Connections served at once; further ones are closed at once.
pub const MAX_CONNECTIONS: usize = 32;
/// The port tried first if none is asked for.
const USUAL_PORT: u16 = 8080;
/// Time a request's head may take to arrive, the wait for it on a kept connection included.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);
/// Time a viewer may take without reading anything.
const READ_PATIENCE: Duration = Duration::from_secs(10);

/// Why the page is not served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebError {
    /// The port.
    #[error(
        "cannot serve the page on port {port}; another program may have it, port 0 takes any that is free"
    )]
    Port {
        /// The port asked for.
        port: u16,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// No thread or no runtime.
    #[error("cannot start the thread that serves the page")]
    Start(#[source] std::io::Error),
}

/// How the page is served.
#[derive(Debug, Clone)]
pub struct WebOptions {
    /// What the page is headed.
    pub title: String,
    /// The TCP port; 0: 8080, or any that is free.
    pub port: u16,
    /// JPEG quality, 1 to 100.
    pub quality: u8,
}

/// A page that is being served. Dropped, it ends.
#[derive(Debug)]
pub struct Web {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Web {
    /// Starts to show what is on `stage`.
    ///
    /// # Errors
    /// [`WebError::Port`] if the port cannot be had, [`WebError::Start`] if the system has no thread left.
    pub fn start<S: Shot>(stage: Arc<Stage<S>>, options: WebOptions) -> Result<Self, WebError> {
        let listener = listen(options.port)?;
        let address = listener.local_addr().map_err(WebError::Start)?;
        let gallery = Arc::new(Gallery::new(stage, options));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
        let runtime = runtime.map_err(WebError::Start)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let work = move || {
            runtime.block_on(async {
                tokio::spawn(async move {
                    if let Err(error) = serve(listener, gallery).await {
                        tracing::error!(%error, "the page is not served");
                    }
                });
                // Ends with the sender, and everything spawned ends with the runtime.
                let _ = stopped.await;
            });
        };
        let thread =
            std::thread::Builder::new().name("web".to_owned()).spawn(work).map_err(WebError::Start)?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    /// Where the page is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn listen(port: u16) -> Result<TcpListener, WebError> {
    let bind = |port| {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        Ok(listener)
    };
    let bound = if port == 0 { bind(USUAL_PORT).or_else(|_| bind(0)) } else { bind(port) };
    bound.map_err(|source| WebError::Port { port, source })
}

async fn serve<S: Shot>(listener: TcpListener, gallery: Arc<Gallery<S>>) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let (stream, _) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, or the viewer gave up: neither is ours to die of.
                tracing::debug!(%error, "a viewer was not let in");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            tracing::debug!("too many viewers; one was turned away");
            continue;
        };
        let gallery = Arc::clone(&gallery);
        tokio::spawn(async move {
            let _ = stream.set_nodelay(true);
            let io = TokioIo::new(Patient::new(stream, READ_PATIENCE));
            let answer = service_fn(|request| answer::answer(Arc::clone(&gallery), request));
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_PATIENCE)
                .max_buf_size(16 * 1024)
                .serve_connection(io, answer);
            if let Err(error) = connection.await {
                tracing::debug!(error = &error as &dyn std::error::Error, "a viewer left");
            }
            drop(place);
        });
    }
}
