use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::time::Duration;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::keys::Place;

const DAY: Duration = Duration::from_secs(86_400);

fn order(name: &str, role: Role, addresses: &[&str]) -> Order {
    let addresses = addresses.iter().map(ToString::to_string).collect();
    Order { name: MachineName::parse(name).unwrap(), role, addresses, days: 100 }
}

/// An operator's folder.
fn operator() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path(), &order("base", Role::Operator, &[]), SystemTime::now()).unwrap();
    folder
}

/// A file as `add` makes it.
fn bundle(authority: &TempDir, name: &str, role: Role) -> PathBuf {
    let (_, text) = add(authority.path(), &order(name, role, &[]), SystemTime::now()).unwrap();
    let file = authority.path().join("a.keys");
    files::write(&file, &text).unwrap();
    file
}

#[test]
fn what_is_made_is_private_and_reads_back() {
    let folder = operator();
    let keys = Keys::open(folder.path()).unwrap();
    assert_eq!(keys.own().to_string(), "operator base");
    assert_eq!(keys.own().addresses, ["base", "base.local"]);
    assert_eq!(keys.own().days_left(SystemTime::now()), 99);
    for name in [AUTHORITY_KEY, KEY] {
        assert_eq!(fs::metadata(folder.path().join(name)).unwrap().mode() & 0o777, 0o600, "{name}");
    }
    assert!(!format!("{keys:?}").contains("PRIVATE"));
    let again = init(folder.path(), &order("base", Role::Operator, &[]), SystemTime::now());
    assert!(matches!(again, Err(KeysError::Already { .. })));
}

#[test]
fn a_machine_gets_its_keys_and_newer_ones() {
    let (authority, machine) = (operator(), tempfile::tempdir().unwrap());
    let place = machine.path().join("vc/keys");
    for _ in 0..2 {
        let file = bundle(&authority, "arm", Role::Machine);
        let own = install(&place, &file, false).unwrap();
        assert_eq!(own.to_string(), "machine arm");
    }
    assert_eq!(fs::metadata(&place).unwrap().mode() & 0o777, 0o700);
    assert!(!place.join(AUTHORITY_KEY).exists());
    let refused = add(&place, &order("leg", Role::Machine, &[]), SystemTime::now());
    assert!(matches!(refused, Err(KeysError::NoAuthority { .. })));

    let all = list(authority.path()).unwrap();
    let names: Vec<_> = all.iter().map(|one| (one.identity.to_string(), one.is_own)).collect();
    assert_eq!(names, [("operator base".to_owned(), true), ("machine arm".to_owned(), false)]);
    assert_eq!(list(&place).unwrap().len(), 1);
}

#[test]
fn other_keys_are_not_written_over() {
    let (authority, other) = (operator(), operator());
    let machine = tempfile::tempdir().unwrap();
    install(machine.path(), &bundle(&authority, "arm", Role::Machine), false).unwrap();

    let foreign = bundle(&other, "arm", Role::Machine);
    assert!(matches!(install(machine.path(), &foreign, false), Err(KeysError::OtherAuthority { .. })));
    let leg = bundle(&authority, "leg", Role::Machine);
    assert!(matches!(install(machine.path(), &leg, false), Err(KeysError::OtherKeys { .. })));
    assert_eq!(Keys::open(machine.path()).unwrap().own().to_string(), "machine arm");
    install(machine.path(), &leg, true).unwrap();
    install(machine.path(), &foreign, true).unwrap();

    // An authority's key is never made useless in passing.
    assert!(matches!(install(authority.path(), &foreign, true), Err(KeysError::Already { .. })));
    assert!(matches!(install(authority.path(), &leg, false), Err(KeysError::OtherKeys { .. })));
}

#[test]
fn addresses_and_times_stand_in_the_certificate() {
    let folder = operator();
    let now = SystemTime::now();
    let asked = order("arm", Role::Machine, &["10.0.0.2", "fe80::1", "arm", "robot.example.com"]);
    let (identity, _) = add(folder.path(), &asked, now).unwrap();
    assert_eq!(identity.addresses, ["arm", "arm.local", "10.0.0.2", "fe80::1", "robot.example.com"]);
    let reached = ["10.0.0.2", "fe80:0::1", "127.0.0.1", "10.0.0.3"]
        .map(|at| identity.is_reached_at(at.parse().unwrap()));
    assert_eq!(reached, [true, true, true, false]);
    assert_eq!((identity.days_left(now), identity.days_left(now + 101 * DAY)), (99, -1));

    let keys = Keys::open(folder.path()).unwrap();
    assert_eq!(keys.check_time(now).unwrap(), None);
    let warning = keys.check_time(now + 90 * DAY).unwrap().unwrap();
    assert!(warning.contains("operator base ends on") && warning.contains("base --operator"), "{warning}");
    assert!(matches!(keys.check_time(now + 101 * DAY), Err(KeysError::Expired { .. })));

    for (name, address) in [("arm", "a:1"), ("arm", "x.operator.vc.internal"), ("a..b", "a")] {
        let refused = add(folder.path(), &order(name, Role::Machine, &[address]), now);
        assert!(matches!(refused, Err(KeysError::Text { .. })), "{name} {address}");
    }
}

#[test]
fn keys_that_others_read_or_that_do_not_fit_are_refused() {
    let (folder, other) = (operator(), operator());
    let key = folder.path().join(KEY);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(Keys::open(folder.path()), Err(KeysError::Open { .. })));
    fs::copy(other.path().join(KEY), &key).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let told = Keys::open(folder.path()).unwrap_err().to_string();
    assert!(told.contains("own.key"), "{told}");
    fs::remove_file(&key).unwrap();
    // Half of the keys is a mistake, not none.
    let place = Place::of_process(Some(folder.path()));
    assert!(matches!(place.keys(), Err(KeysError::Io { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_file_is_too_odd(bytes in proptest::collection::vec(any::<u8>(), 0..300), cut in any::<prop::sample::Index>()) {
        static WHOLE: std::sync::OnceLock<String> = std::sync::OnceLock::new();
        let whole = WHOLE.get_or_init(|| fs::read_to_string(bundle(&operator(), "arm", Role::Machine)).unwrap());
        prop_assert!(Bundle::read(whole).is_ok());
        let _ = Identity::read(&bytes);
        let _ = Bundle::read(&String::from_utf8_lossy(&bytes));
        let _ = Bundle::read(&whole[..cut.index(whole.len())]);
    }
}
