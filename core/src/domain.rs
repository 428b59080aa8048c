//! Which nodes see each other, and what is left when they are gone.
//!
//! A domain is a number (`ROS_DOMAIN_ID`); together with the user it gives all of a domain's shared
//! state one folder and one prefix in `/dev/shm`, so two domains never meet. Every node holds a
//! shared lock on that folder for as long as it lives; the kernel lets go of it however the node
//! ends. Whoever gets the lock alone knows that nobody is left, and removes everything: the last
//! node to leave does, and the next to come after a crash of all.

mod holders;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use iceoryx2::prelude::*;
use rustix::fs::{FlockOperation, flock, statvfs};

use crate::error::Error;
use crate::topic::{Local, Transport};

/// Where shared memory lives.
const SHM: &str = "/dev/shm";
/// The least free shared memory a node starts with: its own bookkeeping fits, and is not cut off in
/// the middle by a full file system, which would end in SIGBUS.
const LEAST_FREE: u64 = 4 << 20;

/// Publishers that left while a subscriber had not read all of theirs, remembered at once.
const EXPIRED_CONNECTIONS: usize = 32;

/// How long a node tries to come in while others come and leave: far longer than that ever takes.
const ENTRY: Duration = Duration::from_secs(10);
/// How often a clean-up looks, at least, whether the domain is really still in use.
const LOOKS: u32 = 5;
/// How long it waits for processes that were killed and hold the domain's lock yet.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(10);

/// A domain's number. Nodes of different domains, or of different users, never meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Domain(u32);

impl Domain {
    /// The domain of this number.
    pub const fn new(id: u32) -> Self {
        Self(id)
    }

    /// The domain that `ROS_DOMAIN_ID` names; 0 if it is not set.
    ///
    /// # Errors
    /// [`Error::Usage`] if it is not a number.
    pub fn from_env() -> Result<Self, Error> {
        match std::env::var("ROS_DOMAIN_ID") {
            Err(_) => Ok(Self(0)),
            Ok(text) if text.trim().is_empty() => Ok(Self(0)),
            Ok(text) => text.trim().parse().map(Self).map_err(|_| Error::Usage {
                message: format!("ROS_DOMAIN_ID is `{text}`, but must be a number from 0 to {}", u32::MAX),
            }),
        }
    }

    /// The domain's number.
    pub const fn id(self) -> u32 {
        self.0
    }

    /// The folder of the domain's bookkeeping. It lies in `/dev/shm`, where no cleaner of temporary
    /// files runs and where it lives exactly as long as the memory it describes.
    pub fn folder(self) -> PathBuf {
        Path::new(SHM).join(format!("vc{}_{}", rustix::process::getuid().as_raw(), self.0))
    }

    /// What the names of the domain's memory segments begin with.
    fn prefix(self) -> String {
        format!("vc{}_{}_", rustix::process::getuid().as_raw(), self.0)
    }

    /// The settings of the transport: nothing is read from a file that happens to lie around.
    pub(crate) fn config(self) -> Result<Config, Error> {
        let invalid = |_| self.error("its folder has no valid name");
        let mut config = Config::default();
        let folder = self.folder();
        let root = iceoryx2::prelude::Path::new(folder.as_os_str().as_encoded_bytes()).map_err(invalid)?;
        config.global.set_root_path(&root);
        config.global.prefix = FileName::new(self.prefix().as_bytes()).map_err(invalid)?;
        // Each subscriber sets memory aside for publishers that left with samples unread.
        config.defaults.publish_subscribe.subscriber_expired_connection_buffer = EXPIRED_CONNECTIONS;
        Ok(config)
    }

    pub(crate) fn error(self, reason: impl Into<String>) -> Error {
        Error::Domain { domain: self.0, reason: reason.into() }
    }

    /// Joins the domain: its folder exists, and stays, until the [`Presence`] is dropped.
    pub(crate) fn enter(self) -> Result<Presence, Error> {
        Self::check_space()?;
        let refused = |error: io::Error| self.error(format!("{}: {error}", self.folder().display()));
        let until = Instant::now() + ENTRY;
        while Instant::now() < until {
            let folder = self.open_folder().map_err(refused)?;
            if flock(&folder, FlockOperation::NonBlockingLockExclusive).is_ok()
                && is_still_at(&folder, &self.folder())
            {
                // Nobody else is here: what lies here belonged to nodes that are dead.
                self.remove_contents();
            }
            flock(&folder, FlockOperation::LockShared).map_err(|errno| refused(errno.into()))?;
            if is_still_at(&folder, &self.folder()) {
                return Ok(Presence { domain: self, folder });
            }
        }
        Err(self.error("its folder comes and goes"))
    }

    /// Opens the folder, made if it is not there.
    fn open_folder(self) -> io::Result<File> {
        let path = self.folder();
        loop {
            match fs::DirBuilder::new().mode(0o700).create(&path) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
            match File::open(&path) {
                // The last one who was here has just left, and taken the folder along.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                opened => return opened,
            }
        }
    }

    fn check_space() -> Result<(), Error> {
        let free = free_shared_memory();
        if free < LEAST_FREE {
            let what = "a node".to_owned();
            return Err(Error::SharedMemory { what, needed: LEAST_FREE, free });
        }
        Ok(())
    }

    /// Removes what dead nodes left: all of it if nobody is alive in the domain, else what the
    /// transport finds to be dead. Waits for living nodes no longer than 50 ms; for processes that were
    /// killed but are not taken apart yet, two seconds.
    ///
    /// # Errors
    /// [`Error::Domain`] if the domain cannot be looked at.
    pub fn remove_dead_nodes(self) -> Result<(), Error> {
        // Made if it is not there: without its lock, segments that lie beside no folder could not be told
        // from those of a node that is just starting.
        let refused = |error: io::Error| self.error(format!("{}: {error}", self.folder().display()));
        let until = Instant::now() + PATIENCE;
        for look in 1.. {
            let folder = self.open_folder().map_err(refused)?;
            let is_alone = flock(&folder, FlockOperation::NonBlockingLockExclusive).is_ok();
            if is_alone && is_still_at(&folder, &self.folder()) {
                self.remove_all();
                return Ok(());
            }
            let is_worth_waiting = look < LOOKS || holders::is_one_ending(&folder);
            if Instant::now() >= until || !is_worth_waiting {
                break;
            }
            std::thread::sleep(PAUSE);
        }
        let presence = self.enter()?;
        let node = self.transport_node::<Local>("vc_cleaner")?;
        node.try_cleanup_dead_nodes();
        drop(node);
        drop(presence);
        Ok(())
    }

    pub(crate) fn transport_node<S: Transport>(self, name: &str) -> Result<TransportNode<S>, Error> {
        set_log_level(LogLevel::Fatal);
        let short: String = name.chars().take(128).collect();
        let name = NodeName::new(&short).map_err(|error| self.error(format!("{error:?}")))?;
        NodeBuilder::new()
            .name(&name)
            .config(&self.config()?)
            .signal_handling_mode(SignalHandlingMode::Disabled)
            .create::<S>()
            .map_err(|error| self.error(format!("{error:?}")))
    }

    /// Removes everything of the domain. Only for whoever holds its lock alone.
    fn remove_all(self) {
        self.remove_contents();
        // The folder last: its lock is what keeps others out.
        let _ = fs::remove_dir(self.folder());
    }

    fn remove_contents(self) {
        self.remove_segments();
        for entry in fs::read_dir(self.folder()).into_iter().flatten().flatten() {
            let path = entry.path();
            let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        }
    }

    fn remove_segments(self) {
        let prefix = self.prefix();
        let is_ours = |name: &OsStr| name.as_encoded_bytes().starts_with(prefix.as_bytes());
        for entry in fs::read_dir(SHM).into_iter().flatten().flatten() {
            if is_ours(&entry.file_name()) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// Whether the open folder is the one that its path names now.
fn is_still_at(folder: &File, path: &Path) -> bool {
    match (folder.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

/// Free shared memory, in bytes; the largest number if it cannot be told.
pub fn free_shared_memory() -> u64 {
    statvfs(SHM).map_or(u64::MAX, |stat| stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// The transport's node.
pub(crate) type TransportNode<S> = iceoryx2::node::Node<S>;

/// A node's stay in its domain. Drop it after everything that uses the domain.
#[derive(Debug)]
pub(crate) struct Presence {
    domain: Domain,
    folder: File,
}

impl Drop for Presence {
    fn drop(&mut self) {
        if flock(&self.folder, FlockOperation::NonBlockingLockExclusive).is_ok()
            && is_still_at(&self.folder, &self.domain.folder())
        {
            self.domain.remove_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_while_the_last_one_leaves_gets_in() {
        let domain = Domain::new(3_000_000_000 + std::process::id());
        let visits = || (0..2000).for_each(|_| drop(domain.enter().unwrap()));

        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(visits);
            }
        });

        assert!(!domain.folder().exists());
    }
}
