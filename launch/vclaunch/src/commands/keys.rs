//! `vclaunch keys`

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use vc_fleet::keys::store::{self, Listed, Order};
use vc_fleet::keys::{Identity, KeysError, Place, Role};
use vc_plan::MachineName;

use crate::args::{KeysVerb, Terms};
use crate::commands::agent::own_name;
use crate::exit_code::{self, Code};
use crate::fleet;
use crate::report::table::Table;
use crate::report::{self, Style};

/// Makes, installs or lists keys.
pub(crate) fn keys(folder: Option<&Path>, verb: &KeysVerb, style: Style) -> Code {
    let place = Place::of_process(folder);
    let done = place.folder().and_then(|folder| match verb {
        KeysVerb::Init { name, terms } => init(folder, name.clone(), terms),
        KeysVerb::Add { name, operator, terms, output } => {
            let role = if *operator { Role::Operator } else { Role::Machine };
            add(folder, &order(name.clone(), role, terms), output.as_deref())
        }
        KeysVerb::Install { file, replace } => install(folder, file, *replace),
        KeysVerb::List { json } => {
            let listed = store::list(folder)?;
            Ok(if *json { self::json(&listed) } else { table(&listed) })
        }
    });
    match done {
        Ok(text) => report::result(&text, style),
        Err(error) => {
            fleet::keys::tell(&error, style);
            exit_code::KEYS
        }
    }
}

fn order(name: MachineName, role: Role, terms: &Terms) -> Order {
    Order { name, role, addresses: terms.address.clone(), days: terms.days }
}

fn init(folder: &Path, name: Option<MachineName>, terms: &Terms) -> Result<String, KeysError> {
    let nameless = KeysError::Text { text: String::new(), why: "is this computer's name: give another one" };
    let name = name.or_else(own_name).ok_or(nameless)?;
    let own = store::init(folder, &order(name, Role::Operator, terms), SystemTime::now())?;
    let folder = folder.display();
    Ok(format!(
        "keys of {own} in {folder}, valid until {}\n\n\
         Next, for each machine:  vclaunch keys add MACHINE\n\
         Whoever has {folder}/authority.key can certify operators: keep it to yourself.\n",
        own.valid_until(),
    ))
}

fn add(folder: &Path, order: &Order, output: Option<&Path>) -> Result<String, KeysError> {
    let file = output.map_or_else(|| PathBuf::from(format!("{}.keys", order.name)), Path::to_owned);
    let failed = |source| KeysError::Io { action: "write", path: file.clone(), source };
    let mut new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file).map_err(failed)?;
    let added = store::add(folder, order, SystemTime::now())
        .and_then(|(identity, text)| new.write_all(text.as_bytes()).map(|()| identity).map_err(failed));
    let identity = added.inspect_err(|_| drop(std::fs::remove_file(&file)))?;
    let host = order.addresses.first().map_or(order.name.as_str(), String::as_str);
    let file = file.display();
    Ok(format!(
        "{file}: keys of {identity}, valid until {}\nits vcbridge is reached by {}\n\n\
         Take them there, put them in place, and remove them here:\n  \
         scp {file} {host}:\n  ssh {host} vclaunch keys install {name}\n  rm {file}\n",
        identity.valid_until(),
        identity.addresses.join(", "),
        name = Path::new(&file.to_string()).file_name().unwrap_or_default().to_string_lossy(),
    ))
}

fn install(folder: &Path, file: &Path, replace: bool) -> Result<String, KeysError> {
    let own = store::install(folder, file, replace)?;
    std::fs::remove_file(file).map_err(|source| KeysError::Io {
        action: "remove",
        path: file.to_owned(),
        source,
    })?;
    Ok(format!("keys of {own} in {}, valid until {}\n", folder.display(), own.valid_until()))
}

fn table(listed: &[Listed]) -> String {
    let mut table = Table::new(&["name", "role", "valid until", "its vcbridge is reached by", ""]);
    for Listed { identity, is_own } in listed {
        let own = if *is_own { "this computer" } else { "" };
        let addresses = identity.addresses.join(", ");
        let role = identity.role.to_string();
        table.row([identity.name.to_string(), role, until(identity), addresses, own.to_owned()]);
    }
    table.to_string()
}

fn until(identity: &Identity) -> String {
    let note = match identity.days_left(SystemTime::now()) {
        left if left < 0 => " (over)".to_owned(),
        left if left < vc_fleet::keys::SOON_DAYS => format!(" ({left} days)"),
        _ => String::new(),
    };
    identity.valid_until() + &note
}

fn json(listed: &[Listed]) -> String {
    let each = listed.iter().map(|Listed { identity, is_own }| {
        serde_json::json!({
            "name": identity.name,
            "role": identity.role.to_string(),
            "valid_until": identity.valid_until(),
            "days_left": identity.days_left(SystemTime::now()),
            "addresses": identity.addresses,
            "own": is_own,
        })
    });
    format!("{:#}\n", serde_json::Value::from(each.collect::<Vec<_>>()))
}
