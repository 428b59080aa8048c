//! Making certificates.

use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SanType,
};
use time::OffsetDateTime;

use super::KeysError;
use super::identity::{self, LOOPBACK};
use super::store::Order;

/// How long an authority's own certificate holds.
const AUTHORITY_DAYS: u32 = 20 * 365;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A certificate and its key, as text.
pub(super) struct Certified {
    pub(super) certificate: String,
    pub(super) key: String,
}

/// Who certifies. All but its key follows from its key.
pub(super) struct Authority(Issuer<'static, KeyPair>);

impl Authority {
    /// A new one.
    pub(super) fn create(now: SystemTime) -> Result<(Self, Certified), KeysError> {
        let key = new_key()?;
        let mut params = params(&key);
        params.not_after = after(now, AUTHORITY_DAYS);
        let certificate = params.self_signed(&key).map_err(make)?.pem();
        let text = key.serialize_pem();
        Ok((Self(Issuer::new(params, key)), Certified { certificate, key: text }))
    }

    /// The one whose key this is.
    pub(super) fn open(key: &str) -> Result<Self, String> {
        let key = KeyPair::from_pem(key).map_err(|error| format!("no private key: {error}"))?;
        Ok(Self(Issuer::new(params(&key), key)))
    }

    /// Certifies somebody.
    pub(super) fn certify(&self, order: &Order, now: SystemTime) -> Result<Certified, KeysError> {
        let mut names = vec![order.role.host(), order.role.host_of(&order.name)];
        names.extend(identity::own_names(&order.name)?);
        for address in &order.addresses {
            identity::check_address(address)?;
            names.push(address.clone());
        }
        names.extend(LOOPBACK.map(str::to_owned));
        let mut params = CertificateParams::default();
        for (index, name) in names.iter().enumerate() {
            if !names[..index].contains(name) {
                params.subject_alt_names.push(subject(name)?);
            }
        }
        // What lists of relays name a peer by.
        params.distinguished_name = called(order.name.as_str());
        (params.not_before, params.not_after) = (OffsetDateTime::UNIX_EPOCH, after(now, order.days));
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        // Relays listen and connect with the same one.
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        let key = new_key()?;
        let certificate = params.signed_by(&key, &self.0).map_err(make)?.pem();
        Ok(Certified { certificate, key: key.serialize_pem() })
    }
}

fn subject(name: &str) -> Result<SanType, KeysError> {
    if let Ok(address) = name.parse() {
        return Ok(SanType::IpAddress(address));
    }
    Ok(SanType::DnsName(name.try_into().map_err(make)?))
}

/// What an authority's certificate says, its end aside.
fn params(key: &KeyPair) -> CertificateParams {
    let mut params = CertificateParams::default();
    // Each authority has another name, so that one is never taken for another.
    let mark = key.public_key_raw().last_chunk().map_or(0, |last| u32::from_be_bytes(*last));
    params.distinguished_name = called(&format!("vc authority {mark:08x}"));
    // Certificates hold for computers, too, that have no clock before they have a network.
    params.not_before = OffsetDateTime::UNIX_EPOCH;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn called(name: &str) -> DistinguishedName {
    let mut called = DistinguishedName::new();
    called.push(DnType::CommonName, name);
    called
}

fn new_key() -> Result<KeyPair, KeysError> {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(make)
}

fn after(now: SystemTime, days: u32) -> OffsetDateTime {
    (now + DAY * days).into()
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn make(error: rcgen::Error) -> KeysError {
    KeysError::Make(error.to_string())
}
