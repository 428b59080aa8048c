//! Making, adding, installing and listing keys.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use vc_plan::MachineName;

use super::authority::Authority;
use super::files::{self, AUTHORITY, AUTHORITY_KEY, CERTIFICATE, ISSUED, KEY};
use super::{Identity, Keys, KeysError, Role};

/// What is to be certified.
#[derive(Debug, Clone)]
pub struct Order {
    /// The name.
    pub name: MachineName,
    /// What it may do.
    pub role: Role,
    /// By which names and addresses its relay may be reached, beside its own name.
    pub addresses: Vec<String>,
    /// For how many days.
    pub days: u32,
}

/// One certificate of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Whose it is.
    pub identity: Identity,
    /// Whether it is this computer's own.
    pub is_own: bool,
}

/// Makes an authority, and the first operator's keys.
///
/// # Errors
/// [`KeysError`]: there are keys already, or they cannot be made or written.
pub fn init(folder: &Path, order: &Order, now: SystemTime) -> Result<Identity, KeysError> {
    if [AUTHORITY, AUTHORITY_KEY, CERTIFICATE, KEY].iter().any(|name| folder.join(name).exists()) {
        return Err(KeysError::Already { folder: folder.to_owned() });
    }
    let (authority, root) = Authority::create(now)?;
    let own = authority.certify(order, now)?;
    files::make_folder(folder)?;
    files::write(&folder.join(AUTHORITY), &root.certificate)?;
    files::write(&folder.join(AUTHORITY_KEY), &root.key)?;
    files::write(&folder.join(CERTIFICATE), &own.certificate)?;
    files::write(&folder.join(KEY), &own.key)?;
    remember(folder, order, &own.certificate)?;
    Ok(Keys::open(folder)?.own().clone())
}

/// Certifies another computer: its keys as the text of one file.
///
/// # Errors
/// [`KeysError`]: this folder cannot certify others, or a name cannot be certified.
pub fn add(folder: &Path, order: &Order, now: SystemTime) -> Result<(Identity, String), KeysError> {
    let file = folder.join(AUTHORITY_KEY);
    if !file.exists() {
        return Err(KeysError::NoAuthority { folder: folder.to_owned() });
    }
    files::check_folder(folder)?;
    let key = files::read_secret(&file)?;
    let authority = Authority::open(&key).map_err(|why| KeysError::Broken { file, why })?;
    let root = files::read(&folder.join(AUTHORITY))?;
    let certified = authority.certify(order, now)?;
    remember(folder, order, &certified.certificate)?;
    let bundle = [root, certified.certificate, certified.key].concat();
    Ok((Bundle::read(&bundle).map_err(KeysError::Make)?.identity, bundle))
}

/// Keeps a copy of a certificate, so that it can be listed.
fn remember(folder: &Path, order: &Order, certificate: &str) -> Result<(), KeysError> {
    let issued = folder.join(ISSUED);
    files::make_folder(&issued)?;
    files::write(&issued.join(format!("{}.{}.pem", order.name, order.role)), certificate)
}

/// Puts keys that [`add`] made in place.
///
/// # Errors
/// [`KeysError`]: they are none, or there are others, which only `replace` replaces.
pub fn install(folder: &Path, file: &Path, replace: bool) -> Result<Identity, KeysError> {
    let text = files::read_secret(file)?;
    let bundle = Bundle::read(&text).map_err(|why| KeysError::Broken { file: file.to_owned(), why })?;
    let root = folder.join(AUTHORITY);
    if root.exists() && files::read(&root)?.trim() != bundle.root.trim() {
        let folder = folder.to_owned();
        if folder.join(AUTHORITY_KEY).exists() {
            return Err(KeysError::Already { folder });
        }
        if !replace {
            return Err(KeysError::OtherAuthority { folder });
        }
    }
    let own = folder.join(CERTIFICATE);
    if !replace && own.exists() {
        let there = Identity::read(&files::certificate(&own)?);
        if let Some(there) = there.ok().filter(|there| !there.is_the_same(&bundle.identity)) {
            let (there, new) = (Box::new(there), Box::new(bundle.identity));
            return Err(KeysError::OtherKeys { folder: folder.to_owned(), there, new });
        }
    }
    files::make_folder(folder)?;
    // The key first: with the old certificate it is refused, and the next try mends it.
    files::write(&folder.join(KEY), bundle.key)?;
    files::write(&folder.join(AUTHORITY), bundle.root)?;
    files::write(&folder.join(CERTIFICATE), bundle.certificate)?;
    Ok(Keys::open(folder)?.own().clone())
}

/// What lies in a folder: this computer's certificate, and those given to others.
///
/// # Errors
/// [`KeysError`]: there is none, or one cannot be read.
pub fn list(folder: &Path) -> Result<Vec<Listed>, KeysError> {
    let identity = |file: PathBuf| {
        let certificate = files::certificate(&file)?;
        Identity::read(&certificate).map_err(|why| KeysError::Broken { file, why })
    };
    let own = folder.join(CERTIFICATE);
    if !own.exists() {
        return Err(KeysError::None { folder: folder.to_owned() });
    }
    let own = identity(own)?;
    let issued = folder.join(ISSUED);
    let mut others = Vec::new();
    if issued.exists() {
        for entry in std::fs::read_dir(&issued).map_err(files::io("read", &issued))?.flatten() {
            let file = entry.path();
            if file.extension().is_some_and(|extension| extension == "pem") {
                others.push(identity(file)?);
            }
        }
    }
    others.retain(|other| !other.is_the_same(&own));
    others.sort_by(|a, b| a.name.cmp(&b.name));
    let listed = |identity| Listed { identity, is_own: false };
    Ok(std::iter::once(Listed { identity: own, is_own: true })
        .chain(others.into_iter().map(listed))
        .collect())
}

/// The parts of the file that travels to a machine.
struct Bundle<'a> {
    root: &'a str,
    certificate: &'a str,
    key: &'a str,
    identity: Identity,
}

impl<'a> Bundle<'a> {
    fn read(text: &'a str) -> Result<Self, String> {
        use rustls::pki_types::pem::PemObject as _;
        use rustls::pki_types::{CertificateDer, PrivateKeyDer};

        const NONE: &str = "not a file that `vclaunch keys add` wrote";
        let begin = "-----BEGIN ";
        let starts: Vec<usize> = text.match_indices(begin).map(|(start, _)| start).collect();
        let [root, certificate, key] = starts[..] else { return Err(NONE.to_owned()) };
        let (root, certificate, key) = (&text[root..certificate], &text[certificate..key], &text[key..]);
        let read = |text: &str| CertificateDer::from_pem_slice(text.as_bytes()).map_err(|_| NONE.to_owned());
        read(root)?;
        PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| NONE.to_owned())?;
        let identity = Identity::read(&read(certificate)?)?;
        Ok(Self { root, certificate, key, identity })
    }
}

#[cfg(test)]
mod tests;
