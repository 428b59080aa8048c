//! What the parameters `view` and `out` mean.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::path::{Path, PathBuf};

/// Where pictures are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// A window.
    Window,
    /// A page on this host.
    Web,
    /// Nowhere; they are stored only.
    File,
    /// Nowhere; they are counted only.
    None,
}

impl View {
    /// Reads the parameter, with what this process's environment says about displays.
    pub fn here(text: &str) -> Self {
        Self::parse(text, || {
            let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
            set("QT_QPA_PLATFORM").is_some() || set("DISPLAY").is_some_and(|display| answers(&display))
        })
    }

    /// Reads the parameter. `auto` is a window if `display` says that there is a place for one, else the page.
    ///
    /// A display that is named but does not answer is none: the window library would end the process.
    fn parse(text: &str, display: impl FnOnce() -> bool) -> Self {
        match text {
            "window" => Self::Window,
            "web" => Self::Web,
            "file" => Self::File,
            "none" => Self::None,
            _ if display() => Self::Window,
            _ => Self::Web,
        }
    }
}

/// Whether the X display of this name answers. One of another host is taken at its word.
fn answers(display: &str) -> bool {
    let Some(local) = display.strip_prefix("unix:").or_else(|| display.strip_prefix(':')) else {
        return true;
    };
    let number = local.split('.').next().unwrap_or_default();
    let path = format!("/tmp/.X11-unix/X{number}");
    let unnamed =
        || SocketAddr::from_abstract_name(&path).and_then(|address| UnixStream::connect_addr(&address));
    UnixStream::connect(&path).or_else(|_| unnamed()).is_ok()
}

/// Where pictures are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Out {
    /// Nowhere.
    Nowhere,
    /// The newest one in this folder.
    Folder(PathBuf),
    /// All of them in this video file.
    Video(PathBuf),
}

impl Out {
    /// Reads the parameter: empty, a file ending in `.mp4` or `.avi`, or a folder.
    pub fn parse(text: &str) -> Self {
        let ending = Path::new(text).extension().unwrap_or_default().to_ascii_lowercase();
        match text {
            "" => Self::Nowhere,
            _ if ending == "mp4" || ending == "avi" => Self::Video(text.into()),
            _ => Self::Folder(text.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_is_a_window_where_there_is_a_display() {
        assert_eq!(View::parse("auto", || true), View::Window);
        assert_eq!(View::parse("auto", || false), View::Web);
        assert_eq!(View::parse("web", || true), View::Web);
        assert_eq!(View::parse("none", || true), View::None);
    }

    #[test]
    fn a_display_that_does_not_answer_is_none() {
        assert!(!answers(":63917"));
        assert!(!answers(":63917.0"));
        assert!(answers("other.host:0"));
    }

    #[test]
    fn video_files_are_told_by_their_ending() {
        assert_eq!(Out::parse(""), Out::Nowhere);
        assert_eq!(Out::parse("a/b.MP4"), Out::Video("a/b.MP4".into()));
        assert_eq!(Out::parse("a.avi"), Out::Video("a.avi".into()));
        assert_eq!(Out::parse("mp4"), Out::Folder("mp4".into()));
    }
}
