//! Who holds the lock on a domain's folder, and whether they are about to let go of it.
//!
//! A process that was killed holds its locks until the kernel has taken it apart, which on a crowded machine
//! takes a while: it looks gone by then in all other ways.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;

/// Whether one of those who hold a lock on `file` is ending and will let go of it by itself.
pub(super) fn is_one_ending(file: &File) -> bool {
    let Ok(metadata) = file.metadata() else { return false };
    let locks = fs::read_to_string("/proc/locks").unwrap_or_default();
    holders(&locks, metadata.dev(), metadata.ino()).any(|pid| {
        let read = |name: &str| fs::read_to_string(format!("/proc/{pid}/{name}"));
        match (read("status"), read("stat")) {
            (Ok(status), Ok(stat)) => is_ending(&status, &stat),
            // Gone since.
            _ => true,
        }
    })
}

/// The processes that hold a `flock` on a file, by what `/proc/locks` says.
fn holders(locks: &str, device: u64, inode: u64) -> impl Iterator<Item = u32> {
    let (major, minor) = (rustix::fs::major(device), rustix::fs::minor(device));
    let file = format!("{major:02x}:{minor:02x}:{inode}");
    locks.lines().filter_map(move |line| {
        let mut fields = line.split_whitespace().skip(1);
        // A process that waits for the lock has an arrow in the place of the kind.
        if fields.next() != Some("FLOCK") {
            return None;
        }
        let pid = fields.nth(2)?;
        (fields.next() == Some(file.as_str())).then(|| pid.parse().ok())?
    })
}

/// Whether a process with these `/proc/<pid>/status` and `stat` was killed, or is on its way out.
fn is_ending(status: &str, stat: &str) -> bool {
    const SIGKILL: u64 = 1 << 8;
    const EXITING: u64 = 0x4;
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let killed = |name| field(name).and_then(|bits| u64::from_str_radix(bits, 16).ok());
    let is_killed = ["SigPnd:", "ShdPnd:"].into_iter().filter_map(killed).any(|bits| bits & SIGKILL != 0);
    let is_dead = field("State:").is_some_and(|state| state.starts_with(['Z', 'X']));
    // After the name, which may hold anything: state, parent, group, session, terminal, its group, flags.
    let flags = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(6)?.parse::<u64>().ok());
    is_killed || is_dead || flags.is_some_and(|flags| flags & EXITING != 0)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use rustix::fs::{FlockOperation, flock};

    use super::*;

    #[test]
    fn the_holders_of_a_lock_are_found() {
        let folder = std::env::temp_dir().join(format!("vc_holders_{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        let open = File::open(&folder).unwrap();
        let metadata = open.metadata().unwrap();
        let found = || {
            let locks = fs::read_to_string("/proc/locks").unwrap();
            holders(&locks, metadata.dev(), metadata.ino()).collect::<Vec<_>>()
        };

        assert!(found().is_empty());
        flock(&open, FlockOperation::LockShared).unwrap();
        // The kernel tells its locks piece by piece, and passes one over where others come and go meanwhile.
        let end = Instant::now() + Duration::from_secs(60);
        while found() != [std::process::id()] {
            assert!(Instant::now() < end, "the lock is not told");
        }
        assert!(!is_one_ending(&open), "this process lives");

        fs::remove_dir(folder).unwrap();
    }

    #[test]
    fn other_locks_and_garbage_are_passed_over() {
        let locks = "1: FLOCK  ADVISORY  READ 11 00:18:77 0 EOF\n\
                     1: -> FLOCK  ADVISORY  WRITE 12 00:18:77 0 EOF\n\
                     2: POSIX  ADVISORY  WRITE 13 00:18:77 0 EOF\n\
                     3: FLOCK  ADVISORY  READ 14 00:18:78 0 EOF\n\
                     4: FLOCK  ADVISORY  READ 15 00:18:77 0 EOF\n\
                     5: FLOCK\n\n:";

        let found: Vec<u32> = holders(locks, rustix::fs::makedev(0, 0x18), 77).collect();

        assert_eq!(found, [11, 15]);
    }

    #[test]
    fn the_killed_and_the_exiting_are_ending() {
        let status =
            |state, own, shared| format!("Name:\tx\nState:\t{state}\nSigPnd:\t{own}\nShdPnd:\t{shared}\n");
        let stat = |flags| format!("5 (a ) b) S 1 5 5 0 -1 {flags} 0 0");
        let (none, kill, term) = ("0000000000000000", "0000000000000100", "0000000000004000");

        assert!(!is_ending(&status("S (sleeping)", none, none), &stat(4_194_304)));
        assert!(!is_ending(&status("R (running)", none, term), &stat(4_194_304)));
        assert!(!is_ending("", ""));
        assert!(is_ending(&status("R (running)", none, kill), &stat(0)));
        assert!(is_ending(&status("D (disk sleep)", kill, none), &stat(0)));
        assert!(is_ending(&status("Z (zombie)", none, none), &stat(0)));
        assert!(is_ending(&status("R (running)", none, none), &stat(4_194_308)));
    }
}
