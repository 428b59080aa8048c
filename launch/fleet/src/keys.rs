//! Who is who between machines: an authority's certificates, kept in one folder a computer.
//!
//! ```text
//! authority.pem  whom to believe                  own.pem  this computer's certificate
//! authority.key  certifies others: only where     own.key  its key
//!                `vclaunch keys init` was run     issued/  what was certified, by name
//! ```
//!
//! A certificate says what a computer is, [`Role::Operator`] or [`Role::Machine`], and its name; and by which names and
//! addresses its relay may be reached. The first two stand in it as host names that no other authority gives away,
//! `arm.machine.vc.internal`, so that TLS itself checks them.
//!
//! * [`Place`]: where keys are looked for; [`Keys`]: those of a computer
//! * [`store`]: making, adding, installing and listing them
//! * [`Channel`]: a link between operator and agent, with keys or without

mod authority;
mod channel;
mod error;
mod files;
mod identity;
mod refusal;
pub mod store;
mod tls;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rustls::{ClientConfig, ServerConfig};

pub use channel::Channel;
pub use error::KeysError;
pub use files::{FOLDER_VARIABLE, Place};
pub use identity::{Identity, Role};
pub use refusal::Refusal;
pub use tls::Whom;

/// A certificate that ends so soon is warned of.
pub const SOON_DAYS: i64 = 14;

/// A computer's keys, read and found to fit each other.
#[derive(Clone)]
pub struct Keys {
    folder: PathBuf,
    own: Identity,
    server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
}

impl Keys {
    /// Reads the keys of a folder.
    ///
    /// # Errors
    /// [`KeysError`]: a file is missing or broken, or others can read the key.
    pub fn open(folder: &Path) -> Result<Self, KeysError> {
        files::check_folder(folder)?;
        let authority = files::certificate(&folder.join(files::AUTHORITY))?;
        let file = folder.join(files::CERTIFICATE);
        let certificate = files::certificate(&file)?;
        let broken = |why: String| KeysError::Broken { file: file.clone(), why };
        let own = Identity::read(&certificate).map_err(broken)?;
        let key = files::private_key(&folder.join(files::KEY))?;
        let (server, client) = tls::configs(&authority, &certificate, &key)
            .map_err(|why| KeysError::Broken { file: folder.join(files::KEY), why })?;
        Ok(Self { folder: folder.to_owned(), own, server, client })
    }

    /// Who this computer is.
    pub fn own(&self) -> &Identity {
        &self.own
    }

    /// Where they lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The certificate of whom to believe.
    pub fn authority_file(&self) -> PathBuf {
        self.folder.join(files::AUTHORITY)
    }

    /// This computer's certificate.
    pub fn certificate_file(&self) -> PathBuf {
        self.folder.join(files::CERTIFICATE)
    }

    /// Its private key.
    pub fn key_file(&self) -> PathBuf {
        self.folder.join(files::KEY)
    }

    /// Whether this computer's certificate holds at that time; what to warn of if it will not for long.
    ///
    /// # Errors
    /// [`KeysError::Expired`] if it does not hold any more.
    pub fn check_time(&self, now: SystemTime) -> Result<Option<String>, KeysError> {
        let own = &self.own;
        let renewal = own.renewal();
        match own.days_left(now) {
            left if left < 0 => Err(KeysError::Expired { own: Box::new(own.clone()) }),
            left if left < SOON_DAYS => {
                Ok(Some(format!("the certificate of {own} ends on {}; {renewal}", own.valid_until())))
            }
            _ => Ok(None),
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("folder", &self.folder).field("own", &self.own).finish_non_exhaustive()
    }
}
