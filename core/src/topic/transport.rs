//! How ports may be used: by one thread, or by all.

use std::cell::RefCell;
use std::fmt::Debug;
use std::os::fd::BorrowedFd;
use std::sync::{Mutex, PoisonError};

use iceoryx2::port::listener::Listener;
use iceoryx2::prelude::{FileDescriptorBased, ZeroCopySend, ipc};
use iceoryx2::service::Service;
use iceoryx2::service::internal::ServiceInternal;
use iceoryx2_bb_elementary_traits::testing::abandonable::Abandonable;

use super::held::{AllThreads, Held, OneThread};

/// Ports that stay on the thread they were opened on: the fastest, and what callbacks use.
#[derive(Debug, Clone)]
pub struct Local {}

/// Ports that any thread may use; each call takes a lock.
#[derive(Debug, Clone)]
pub struct Shared {}

/// How ports may be used: [`Local`] or [`Shared`]. Both meet on the same topics.
pub trait Transport: Service + Sized {
    /// What a port changes as it is used.
    #[doc(hidden)]
    type Cell<T: Debug + Default>: PortCell<T> + Debug + Default;
    /// The descriptor of a listener, readable when it was notified.
    #[doc(hidden)]
    fn descriptor(listener: &Listener<Self>) -> BorrowedFd<'_>;
}

/// A value that a port changes through a shared reference.
#[doc(hidden)]
pub trait PortCell<T> {
    /// Uses it. Must not be called again from within `with`.
    fn with<R>(&self, with: impl FnOnce(&mut T) -> R) -> R;
    /// Uses it without a lock.
    fn get_mut(&mut self) -> &mut T;
}

impl<T> PortCell<T> for RefCell<T> {
    fn with<R>(&self, with: impl FnOnce(&mut T) -> R) -> R {
        with(&mut self.borrow_mut())
    }

    fn get_mut(&mut self) -> &mut T {
        self.get_mut()
    }
}

impl<T> PortCell<T> for Mutex<T> {
    fn with<R>(&self, with: impl FnOnce(&mut T) -> R) -> R {
        with(&mut self.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn get_mut(&mut self) -> &mut T {
        self.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

/// iceoryx2's inter-process service in all but one: how a port's state is shared with its loans.
macro_rules! service {
    ($service:ty, $sharing:ty, $cell:ident) => {
        impl Transport for $service {
            type Cell<T: Debug + Default> = $cell<T>;

            fn descriptor(listener: &Listener<Self>) -> BorrowedFd<'_> {
                #[expect(unsafe_code, reason = "the number of the transport's descriptor is read")]
                // SAFETY: the number is only used for waiting, never closed.
                let number = unsafe { listener.file_descriptor().native_handle() };
                #[expect(unsafe_code, reason = "the transport's descriptor is lent for waiting")]
                // SAFETY: the descriptor belongs to the listener, which outlives the borrow.
                unsafe {
                    BorrowedFd::borrow_raw(number)
                }
            }
        }

        impl ServiceInternal<$service> for $service {}

        impl Service for $service {
            type StaticStorage = <ipc::Service as Service>::StaticStorage;
            type ConfigSerializer = <ipc::Service as Service>::ConfigSerializer;
            type PersistentDynamicStorage<T: Debug + Send + Sync + ZeroCopySend + 'static> =
                <ipc::Service as Service>::PersistentDynamicStorage<T>;
            type Bag = <ipc::Service as Service>::Bag;
            type DynamicStorage<T: Debug + Send + Sync + ZeroCopySend + 'static> =
                <ipc::Service as Service>::DynamicStorage<T>;
            type ServiceNameHasher = <ipc::Service as Service>::ServiceNameHasher;
            type SharedMemory = <ipc::Service as Service>::SharedMemory;
            type ResizableSharedMemory = <ipc::Service as Service>::ResizableSharedMemory;
            type Connection = <ipc::Service as Service>::Connection;
            type Event = <ipc::Service as Service>::Event;
            type Monitoring = <ipc::Service as Service>::Monitoring;
            type Reactor = <ipc::Service as Service>::Reactor;
            type ArcThreadSafetyPolicy<T: Send + Debug + Abandonable> = Held<T, $sharing>;
            type BlackboardMgmt<T: Send + Sync + Debug + ZeroCopySend + 'static> =
                <ipc::Service as Service>::BlackboardMgmt<T>;
            type BlackboardPayload = <ipc::Service as Service>::BlackboardPayload;
            type UniqueId = <ipc::Service as Service>::UniqueId;
        }
    };
}
service!(Local, OneThread, RefCell);
service!(Shared, AllThreads, Mutex);
