//! What is wrong with keys, and what to do.

use std::io;
use std::path::PathBuf;

use super::identity::Identity;

/// Why there are no keys, or why they are not used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// Nothing says where keys are.
    #[error("nothing says where keys are: give `--keys FOLDER`, or set HOME")]
    NoPlace,
    /// There are none where they were said to be.
    #[error("there are no keys in {}", .folder.display())]
    None {
        /// The folder.
        folder: PathBuf,
    },
    /// There are some already.
    #[error("there are keys in {} already", .folder.display())]
    Already {
        /// The folder.
        folder: PathBuf,
    },
    /// This folder cannot certify others.
    #[error("{} has no authority.key: add others where `vclaunch keys init` was run", .folder.display())]
    NoAuthority {
        /// The folder.
        folder: PathBuf,
    },
    /// Others can read or change what they must not.
    #[error("others can {can} {}: `chmod {mode} {}`", .path.display(), .path.display())]
    Open {
        /// `read` or `change`.
        can: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What its mode should be.
        mode: &'static str,
    },
    /// A file of somebody else.
    #[error("{} belongs to another user, number {user}", .path.display())]
    Foreign {
        /// The file or folder.
        path: PathBuf,
        /// Whose it is.
        user: u32,
    },
    /// A file that is not what it should be.
    #[error("{}: {why}", .file.display())]
    Broken {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The system refused something.
    #[error("cannot {action} {}: {}", .path.display(), plain(.source))]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A name or an address that no certificate can have.
    #[error("`{}` {why}", .text.escape_default())]
    Text {
        /// What was given.
        text: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// No certificate could be made.
    #[error("cannot make a certificate: {0}")]
    Make(String),
    /// Keys of another authority are in place.
    #[error("{} holds keys of another authority", .folder.display())]
    OtherAuthority {
        /// The folder.
        folder: PathBuf,
    },
    /// Other keys of the same authority are in place.
    #[error("{} holds the keys of {there}, not of {new}", .folder.display())]
    OtherKeys {
        /// The folder.
        folder: PathBuf,
        /// Whose they are.
        there: Box<Identity>,
        /// Whose the others would be.
        new: Box<Identity>,
    },
    /// The time of this computer's certificate is over.
    #[error("the certificate of {own} has ended on {}; {}", .own.valid_until(), .own.renewal())]
    Expired {
        /// Whose it is.
        own: Box<Identity>,
    },
}

/// The system's reason, without its number.
fn plain(error: &io::Error) -> String {
    error.to_string().split(" (os error").next().unwrap_or_default().to_lowercase()
}

impl KeysError {
    /// What may help, where the message does not say.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::None { .. } => {
                "`vclaunch keys init` makes an operator's; `vclaunch keys install FILE` puts a machine's in place"
            }
            Self::Already { .. } => {
                "with a new authority, all certificates of the old one are void; remove the folder if you want that"
            }
            Self::OtherAuthority { .. } | Self::OtherKeys { .. } => {
                "`--replace` puts the new ones in their place; `--keys FOLDER` keeps both"
            }
            _ => return None,
        })
    }
}
