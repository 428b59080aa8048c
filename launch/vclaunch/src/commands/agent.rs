//! `vclaunch agent`

use std::net::TcpListener;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use vc_fleet::keys::{Keys, Role};
use vc_fleet::permission::Permission;
use vc_plan::{MachineName, Search};

use crate::args::AgentArgs;
use crate::exit_code::{self, Code};
use crate::fleet::link::with_port;
use crate::fleet::server::Server;
use crate::fleet::{self, signals};
use crate::report::{self, Style};

/// Between two looks at whether the operator is silent.
const TICK: Duration = Duration::from_millis(500);

/// Waits for operators and runs what they send, until it is told to stop.
pub(crate) fn agent(args: &AgentArgs, style: Style) -> Code {
    let keys = match fleet::keys::at_start(&args.keys, style) {
        Ok(keys) => keys,
        Err(code) => return code,
    };
    let certified = keys.as_ref().map(Keys::own);
    let name = args.name.clone().or_else(|| certified.map(|own| own.name.clone())).or_else(own_name);
    let Some(name) = name else {
        report::error(
            "this computer has no name that a machine can have",
            Some("give it one: `--name arm`"),
            style,
        );
        return exit_code::USAGE;
    };
    if args.systemd_unit {
        return report::result(&unit(args, &name, keys.as_ref()), style);
    }
    if let Some(keys) =
        keys.as_ref().filter(|keys| (keys.own().role, &keys.own().name) != (Role::Machine, &name))
    {
        let why = format!("the keys in {} are those of {}", keys.folder().display(), keys.own());
        let hint = format!(
            "an agent of that name needs those of machine {name}: `vclaunch keys add {name}` where the authority is, \
             then `vclaunch keys install {name}.keys` here, with another `--keys FOLDER` to keep both"
        );
        report::error(&why, Some(&hint), style);
        return exit_code::KEYS;
    }
    match serve(args, &name, keys, style) {
        Ok(()) => exit_code::SUCCESS,
        Err(message) => {
            report::error(&message, None, style);
            exit_code::CANNOT_START
        }
    }
}

fn serve(args: &AgentArgs, name: &MachineName, keys: Option<Keys>, style: Style) -> Result<(), String> {
    let permission = Permission {
        search: Search::default_folders(),
        folders: args.allow_folder.clone(),
        commands: args.allow_commands,
    };
    let is_plain = keys.is_none();
    let server = Server::new(name.clone(), permission, args.log_dir.clone(), keys);
    let failed = |what: &str, error: &std::io::Error| format!("cannot {what}: {}", report::reason(error));
    let (asked, asks) = mpsc::channel();
    let on_stop = move |signal| {
        // Nobody listens any more once the agent ends.
        let _ = asked.send(signal);
    };
    signals::on_stop(on_stop).map_err(|error| failed("take signals", &error))?;
    for address in args.listen.iter().map(|address| with_port(address)) {
        let listener =
            TcpListener::bind(&address).map_err(|error| failed(&format!("listen on {address}"), &error))?;
        let own = listener.local_addr().map_err(|error| failed("listen", &error))?;
        server.listen(listener).map_err(|error| failed("listen", &error))?;
        if is_plain && !own.ip().is_loopback() {
            let warning = format!(
                "whoever reaches {own} can start {} here: without keys nobody is asked who he is (`vclaunch keys --help`)",
                if args.allow_commands { "any program" } else { "the blocks that are installed" }
            );
            report::warning(&warning, style);
        }
        let whom = if is_plain { "" } else { ", for certified operators" };
        report::note(&format!("agent of machine {name}, listening on {own}{whom}"));
    }
    loop {
        match asks.recv_timeout(TICK) {
            Ok(_) if !server.is_busy() => return Ok(()),
            Ok(_) => {
                server.stop();
                while server.is_busy() {
                    if asks.recv_timeout(TICK).is_ok() {
                        server.stop();
                    }
                }
                return Ok(());
            }
            Err(_) => server.tick(),
        }
    }
}

/// This computer's name, if a machine can be called that.
pub(crate) fn own_name() -> Option<MachineName> {
    MachineName::parse(rustix::system::uname().nodename().to_str().ok()?).ok()
}

/// A unit for systemd that runs the agent with the arguments given.
fn unit(args: &AgentArgs, name: &MachineName, keys: Option<&Keys>) -> String {
    let program = std::env::current_exe().unwrap_or_else(|_| "vclaunch".into());
    let mut words = vec![quoted(&program), "agent".to_owned(), "--name".to_owned(), name.to_string()];
    words.extend(args.listen.iter().flat_map(|address| ["--listen".to_owned(), address.clone()]));
    words.extend(args.allow_folder.iter().flat_map(|folder| ["--allow-folder".to_owned(), quoted(folder)]));
    words.extend(args.allow_commands.then(|| "--allow-commands".to_owned()));
    // Where they were found now: a service has another home, or none.
    let folder = keys.and_then(|keys| std::path::absolute(keys.folder()).ok());
    words.extend(folder.iter().flat_map(|folder| ["--keys".to_owned(), quoted(folder)]));
    words.extend(args.keys.no_keys.then(|| "--no-keys".to_owned()));
    let folder = args.log_dir.iter();
    words.extend(folder.flat_map(|folder| ["--log-dir".to_owned(), quoted(folder)]));
    format!(
        "# /etc/systemd/system/vclaunch-agent.service\n\
         [Unit]\n\
         Description=vclaunch agent: runs this machine's part of circuits\n\
         Wants=network-online.target\n\
         After=network-online.target\n\
         \n\
         [Service]\n\
         ExecStart={}\n\
         Restart=always\n\
         RestartSec=1\n\
         # The agent stops its nodes itself; what is left after that is killed.\n\
         KillMode=mixed\n\
         TimeoutStopSec=30\n\
         NoNewPrivileges=yes\n\
         \n\
         [Install]\n\
         WantedBy=multi-user.target\n",
        words.join(" ")
    )
}

/// A path as systemd reads it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string().replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%");
    if path.contains([' ', '\\', '"', '\'']) { format!("\"{path}\"") } else { path }
}
