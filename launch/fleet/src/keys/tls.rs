//! TLS between operator and agent: version 1.3, both sides certified, nothing carried over from one connection to the
//! next, so that each one is checked anew.

use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::version::TLS13;
use rustls::{
    ClientConfig, ClientConnection, ConnectionCommon, RootCertStore, ServerConfig, ServerConnection,
    SideData, StreamOwned,
};
use vc_plan::MachineName;

use super::{Identity, Keys, Refusal, Role};

/// Whom a certificate must be about.
#[derive(Debug, Clone, Copy)]
pub enum Whom<'a> {
    /// The machine of that name.
    Machine(&'a MachineName),
    /// A machine.
    AnyMachine,
    /// Whoever may be reached by that host name or address.
    Host(&'a str),
}

pub(super) type ServerSide = StreamOwned<ServerConnection, TcpStream>;
pub(super) type ClientSide = StreamOwned<ClientConnection, TcpStream>;

/// What both sides need of the keys.
pub(super) fn configs(
    root: &CertificateDer<'static>,
    own: &CertificateDer<'static>,
    key: &PrivateKeyDer<'static>,
) -> Result<(Arc<ServerConfig>, Arc<ClientConfig>), String> {
    let told = |error: &dyn std::error::Error| error.to_string();
    let provider: Arc<CryptoProvider> = ring::default_provider().into();
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).map_err(|error| told(&error))?;
    let (roots, chain) = (Arc::new(roots), vec![own.clone()]);

    let certified = WebPkiClientVerifier::builder_with_provider(Arc::clone(&roots), Arc::clone(&provider));
    let certified = certified.build().map_err(|error| told(&error))?;
    let server = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let server = server.with_protocol_versions(&[&TLS13]).map_err(|error| told(&error))?;
    let server = server.with_client_cert_verifier(certified).with_single_cert(chain.clone(), key.clone_key());
    let mut server = server.map_err(|error| told(&error))?;
    server.session_storage = Arc::new(NoServerSessionStorage {});
    server.send_tls13_tickets = 0;

    let client = ClientConfig::builder_with_provider(provider);
    let client = client.with_protocol_versions(&[&TLS13]).map_err(|error| told(&error))?;
    let client = client.with_root_certificates(roots).with_client_auth_cert(chain, key.clone_key());
    let mut client = client.map_err(|error| told(&error))?;
    client.resumption = Resumption::disabled();
    Ok((Arc::new(server), Arc::new(client)))
}

impl Keys {
    /// The server's side of a connection; who it is.
    pub(super) fn serve(&self, stream: TcpStream, end: Instant) -> Result<(ServerSide, Identity), Refusal> {
        let mut connection = ServerConnection::new(Arc::clone(&self.server)).map_err(Refusal::of_tls)?;
        shake(&mut connection, &stream, end)?;
        let peer = peer(connection.peer_certificates())?;
        Ok((StreamOwned::new(connection, stream), peer))
    }

    /// The client's side of a connection; who it is. That the other side takes our certificate shows only when it
    /// answers.
    pub(super) fn call(
        &self,
        stream: TcpStream,
        whom: Whom<'_>,
        end: Instant,
    ) -> Result<(ClientSide, Identity), Refusal> {
        let host = match whom {
            Whom::Machine(name) => Role::Machine.host_of(name),
            Whom::AnyMachine => Role::Machine.host(),
            Whom::Host(host) => host.to_owned(),
        };
        let name = ServerName::try_from(host).map_err(|error| Refusal::Other(error.to_string()))?;
        let connection = ClientConnection::new(Arc::clone(&self.client), name);
        let mut connection = connection.map_err(Refusal::of_tls)?;
        shake(&mut connection, &stream, end)?;
        let peer = peer(connection.peer_certificates())?;
        Ok((StreamOwned::new(connection, stream), peer))
    }
}

/// The whole handshake, or none of it.
fn shake<S: SideData>(
    connection: &mut ConnectionCommon<S>,
    stream: &TcpStream,
    end: Instant,
) -> Result<(), Refusal> {
    connection.complete_io(&mut Timed { stream, end }).map_err(|error| Refusal::of(&error))?;
    if connection.is_handshaking() { Err(Refusal::Gone) } else { Ok(()) }
}

fn peer(certificates: Option<&[CertificateDer<'_>]>) -> Result<Identity, Refusal> {
    let own = certificates.and_then(|chain| chain.first()).ok_or(Refusal::NoCertificate)?;
    Identity::read(own).map_err(Refusal::Other)
}

/// A stream that is over at a moment, however its other end trickles.
pub(super) struct Timed<'a> {
    pub(super) stream: &'a TcpStream,
    pub(super) end: Instant,
}

impl Timed<'_> {
    fn left(&self) -> io::Result<Option<Duration>> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(Some(left)) }
    }
}

/// A socket whose time is over says that it would block, which to rustls is no error.
fn over(error: io::Error) -> io::Error {
    if error.kind() == ErrorKind::WouldBlock { ErrorKind::TimedOut.into() } else { error }
}

impl Read for Timed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        self.stream.read(buffer).map_err(over)
    }
}

impl Write for Timed<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write(buffer).map_err(over)
    }

    /// rustls writes once after an error: all of it, the alert at its end too.
    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write_vectored(buffers).map_err(over)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
