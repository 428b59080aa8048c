//! Notices that something changed in a domain: by its folder, and by the ends of its processes.

use std::collections::HashMap;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;

use rustix::event::{Timespec, epoll};
use rustix::fd::OwnedFd;
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::error::Error;

/// What may have changed since the last look.
#[derive(Debug, Default)]
pub(super) struct News {
    /// Topics came or went.
    pub(super) services: bool,
    /// Nodes came or went.
    pub(super) nodes: bool,
    /// A process ended.
    pub(super) deaths: bool,
}

/// Watches a domain's folder and its processes.
#[derive(Debug)]
pub(super) struct Watch {
    poller: OwnedFd,
    inotify: OwnedFd,
    folder: PathBuf,
    /// The watched folders by the kernel's number for them.
    watched: HashMap<i32, Place>,
    processes: HashMap<u32, OwnedFd>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Folder,
    Services,
    Nodes,
    Node,
}

/// The event of the domain's folder; those of processes are their numbers.
const FOLDER: u64 = u64::MAX;

impl Watch {
    pub(super) fn over(folder: PathBuf) -> Result<Self, Error> {
        let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)
            .map_err(Error::os("watch the domain's folder"))?;
        let poller = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(Error::os("watch the domain"))?;
        epoll::add(&poller, &inotify, epoll::EventData::new_u64(FOLDER), epoll::EventFlags::IN)
            .map_err(Error::os("watch the domain"))?;
        let mut watch = Self { poller, inotify, folder, watched: HashMap::new(), processes: HashMap::new() };
        watch.add_folders();
        Ok(watch)
    }

    /// Watches whatever folders are there by now; one that is watched already stays as it is.
    fn add_folders(&mut self) {
        let (services, nodes) = (self.folder.join("services"), self.folder.join("nodes"));
        let each = std::fs::read_dir(&nodes).into_iter().flatten().flatten();
        let each = each.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        let each: Vec<_> = each.map(|entry| (entry.path(), Place::Node)).collect();
        let fixed =
            [(self.folder.clone(), Place::Folder), (services, Place::Services), (nodes, Place::Nodes)];
        for (path, place) in fixed.into_iter().chain(each) {
            let what = WatchFlags::CREATE | WatchFlags::DELETE | WatchFlags::MOVE | WatchFlags::ONLYDIR;
            // A folder that is not there comes with a change of the one above it.
            if let Ok(number) = inotify::add_watch(&self.inotify, path, what) {
                self.watched.insert(number, place);
            }
        }
    }

    /// Watches these processes, and no others.
    pub(super) fn processes(&mut self, pids: impl Iterator<Item = u32>) {
        let mut wanted: Vec<u32> = pids.collect();
        wanted.sort_unstable();
        self.processes.retain(|pid, _| wanted.binary_search(pid).is_ok());
        for pid in wanted {
            let open = |pid: u32| pidfd_open(Pid::from_raw(pid.cast_signed())?, PidfdFlags::empty()).ok();
            // A process of another container cannot be watched; its end is noticed by the folder, or late.
            if !self.processes.contains_key(&pid)
                && let Some(fd) = open(pid)
                && epoll::add(&self.poller, &fd, epoll::EventData::new_u64(pid.into()), epoll::EventFlags::IN)
                    .is_ok()
            {
                self.processes.insert(pid, fd);
            }
        }
    }

    /// What happened since the last call.
    pub(super) fn news(&mut self) -> News {
        let mut news = News::default();
        let mut events = Vec::with_capacity(16);
        let at_once = Timespec::default();
        let buffer = rustix::buffer::spare_capacity(&mut events);
        if epoll::wait(&self.poller, buffer, Some(&at_once)).is_err() {
            return news;
        }
        for event in events {
            match event.data.u64() {
                FOLDER => self.read(&mut news),
                pid => {
                    news.deaths = true;
                    self.processes.retain(|known, _| u64::from(*known) != pid);
                }
            }
        }
        news
    }

    fn read(&mut self, news: &mut News) {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut reader = inotify::Reader::new(&self.inotify, &mut buffer);
        while let Ok(event) = reader.next() {
            if event.events().contains(ReadFlags::QUEUE_OVERFLOW) {
                // Too much happened to tell what.
                (news.services, news.nodes, news.deaths) = (true, true, true);
                continue;
            }
            match self.watched.get(&event.wd()) {
                Some(Place::Services) => news.services = true,
                Some(Place::Nodes) => news.nodes = true,
                Some(Place::Folder) => (news.services, news.nodes) = (true, true),
                Some(Place::Node) | None => {}
            }
            if event.events().contains(ReadFlags::IGNORED) {
                self.watched.remove(&event.wd());
            }
        }
        if news.nodes || news.services {
            self.add_folders();
        }
    }
}

impl AsFd for Watch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.poller.as_fd()
    }
}
