//! Where keys lie, and that nobody else reads them.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::{Keys, KeysError};

/// The variable that says where keys are.
pub const FOLDER_VARIABLE: &str = "VC_KEYS";

pub(super) const AUTHORITY: &str = "authority.pem";
pub(super) const AUTHORITY_KEY: &str = "authority.key";
pub(super) const CERTIFICATE: &str = "own.pem";
pub(super) const KEY: &str = "own.key";
pub(super) const ISSUED: &str = "issued";

/// Far more than any key or certificate of ours has.
const LONGEST: u64 = 64 << 10;

/// Where keys are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    folder: Option<PathBuf>,
    /// Whether somebody said so: then there must be some.
    is_asked: bool,
}

impl Place {
    /// The folder given; else `$VC_KEYS`, `$XDG_CONFIG_HOME/vc/keys`, `~/.config/vc/keys`.
    pub fn of_process(given: Option<&Path>) -> Self {
        Self::of(given, |variable| std::env::var_os(variable))
    }

    fn of(given: Option<&Path>, get: impl Fn(&str) -> Option<OsString>) -> Self {
        let get = |variable| get(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
        if let Some(folder) = given.map(Path::to_owned).or_else(|| get(FOLDER_VARIABLE)) {
            return Self { folder: Some(folder), is_asked: true };
        }
        let configuration = get("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
        let configuration = configuration.or_else(|| Some(get("HOME")?.join(".config")));
        Self { folder: configuration.map(|folder| folder.join("vc/keys")), is_asked: false }
    }

    /// The folder.
    ///
    /// # Errors
    /// [`KeysError::NoPlace`] if nothing says one.
    pub fn folder(&self) -> Result<&Path, KeysError> {
        self.folder.as_deref().ok_or(KeysError::NoPlace)
    }

    /// The keys there; none if there are none and nobody said that there are.
    ///
    /// # Errors
    /// [`KeysError`] if there are some that cannot be used.
    pub fn keys(&self) -> Result<Option<Keys>, KeysError> {
        let Some(folder) = &self.folder else { return Ok(None) };
        let is_there = |name| {
            let path = folder.join(name);
            path.try_exists().map_err(|source| KeysError::Io { action: "look for", path, source })
        };
        if is_there(CERTIFICATE)? || is_there(KEY)? {
            return Keys::open(folder).map(Some);
        }
        if self.is_asked { Err(KeysError::None { folder: folder.clone() }) } else { Ok(None) }
    }
}

/// Checks that nobody else can put keys into the folder.
pub(super) fn check_folder(folder: &Path) -> Result<(), KeysError> {
    let metadata = fs::metadata(folder).map_err(io("read", folder))?;
    check(&metadata, folder, 0o022, "change", "700")
}

fn check(
    metadata: &fs::Metadata,
    path: &Path,
    forbidden: u32,
    can: &'static str,
    mode: &'static str,
) -> Result<(), KeysError> {
    let user = metadata.uid();
    if user != 0 && user != rustix::process::geteuid().as_raw() {
        return Err(KeysError::Foreign { path: path.to_owned(), user });
    }
    if metadata.mode() & forbidden != 0 {
        return Err(KeysError::Open { can, path: path.to_owned(), mode });
    }
    Ok(())
}

/// Reads a file that nobody else may read.
pub(super) fn read_secret(path: &Path) -> Result<String, KeysError> {
    let file = File::open(path).map_err(io("read", path))?;
    // Of what is open, so that nobody puts another file there in between.
    check(&file.metadata().map_err(io("read", path))?, path, 0o077, "read", "600")?;
    text(file, path)
}

/// Reads any file.
pub(super) fn read(path: &Path) -> Result<String, KeysError> {
    text(File::open(path).map_err(io("read", path))?, path)
}

fn text(file: File, path: &Path) -> Result<String, KeysError> {
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text).map_err(io("read", path))?;
    Ok(text)
}

pub(super) fn certificate(path: &Path) -> Result<CertificateDer<'static>, KeysError> {
    let text = read(path)?;
    CertificateDer::from_pem_slice(text.as_bytes())
        .map_err(|error| KeysError::Broken { file: path.to_owned(), why: format!("no certificate: {error}") })
}

pub(super) fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, KeysError> {
    let text = read_secret(path)?;
    PrivateKeyDer::from_pem_slice(text.as_bytes())
        .map_err(|error| KeysError::Broken { file: path.to_owned(), why: format!("no private key: {error}") })
}

/// Makes a folder that is the user's own.
pub(super) fn make_folder(folder: &Path) -> Result<(), KeysError> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(io("make", folder))?;
    check_folder(folder)
}

/// Writes a file that only the user reads, whole or not at all.
pub(super) fn write(path: &Path, text: &str) -> Result<(), KeysError> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    match fs::remove_file(&new) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(io("remove", &new)(error)),
        _ => {}
    }
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new);
    let written = file.and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&new, path)).map_err(io("write", path))
}

pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> KeysError {
    let path = path.to_owned();
    move |source| KeysError::Io { action, path, source }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn place(given: Option<&str>, variables: &[(&str, &str)]) -> Place {
        Place::of(given.map(Path::new), |name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
        })
    }

    #[test]
    fn the_nearest_word_says_where_keys_are() {
        let home = ("HOME", "/home/a");
        let all = [("VC_KEYS", "/v"), ("XDG_CONFIG_HOME", "/x"), home];
        let folder = |place: Place| place.folder.map(|folder| folder.display().to_string());
        assert_eq!(folder(place(Some("g"), &all)).as_deref(), Some("g"));
        assert_eq!(folder(place(None, &all)).as_deref(), Some("/v"));
        assert_eq!(folder(place(None, &all[1..])).as_deref(), Some("/x/vc/keys"));
        assert_eq!(
            folder(place(None, &[("VC_KEYS", ""), ("XDG_CONFIG_HOME", "relative"), home])).as_deref(),
            Some("/home/a/.config/vc/keys")
        );
        assert_eq!(folder(place(None, &[])), None);
    }

    #[test]
    fn no_keys_are_a_mistake_only_where_some_were_promised() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        assert!(place(None, &[("HOME", path)]).keys().unwrap().is_none());
        assert!(place(None, &[]).keys().unwrap().is_none());
        assert!(matches!(place(Some(path), &[]).keys(), Err(KeysError::None { .. })));
        assert!(matches!(place(None, &[("VC_KEYS", path)]).keys(), Err(KeysError::None { .. })));
    }

    #[test]
    fn what_is_written_is_the_users_own_and_what_is_not_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("a/keys");
        make_folder(&keys).unwrap();
        let file = keys.join("own.key");
        write(&file, "old").unwrap();
        write(&file, "secret").unwrap();
        assert_eq!(read_secret(&file).unwrap(), "secret");
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);

        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let told = read_secret(&file).unwrap_err().to_string();
        assert!(told.contains("others can read") && told.contains("`chmod 600"), "{told}");
        fs::set_permissions(&keys, fs::Permissions::from_mode(0o777)).unwrap();
        let told = check_folder(&keys).unwrap_err().to_string();
        assert!(told.contains("others can change") && told.contains("`chmod 700"), "{told}");
    }
}
