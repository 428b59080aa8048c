//! The command line.

mod keys;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use regex_lite::Regex;
use vc_plan::MachineName;

use crate::exit_code;
pub(crate) use keys::{KeysArgs, KeysVerb, Terms};

const EXAMPLES: &str = "\
Examples:
  vclaunch edges.launch.yaml                   run a circuit; Ctrl-C stops it
  vclaunch edges.launch.yaml rate:=15          the same, with an argument
  vclaunch args edges.launch.yaml              what arguments it takes
  vclaunch check edges.launch.yaml             is it right? starts nothing
  vclaunch graph edges.launch.yaml -o edges.svg
  vclaunch blocks camera                       a block's ports and parameters
  vclaunch demo_nodes_cpp talk.launch.xml      a launch file of a ROS 2 package
  vclaunch my_project.vc3                      run a VisualCircuit project
  vclaunch param set edges lower 80            change a parameter of a running node
  vclaunch new block my_block                  a block of your own to begin with
";

/// Runs circuits of nodes from ROS 2 style launch files.
#[derive(Debug, Parser)]
#[command(name = "vclaunch", version)]
#[command(override_usage = "vclaunch [OPTIONS] FILE [NAME:=VALUE]...\n       vclaunch COMMAND ...")]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n{}", exit_code::HELP))]
pub(crate) struct Cli {
    /// Never use colours; they are used only on a terminal anyway, and not if `NO_COLOR` is set
    #[arg(long, global = true)]
    pub(crate) no_color: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a circuit until its nodes have ended or Ctrl-C; the default command
    Run(RunArgs),
    /// Check a launch file and show what it would start
    Check(CheckArgs),
    /// Draw a circuit
    Graph(GraphArgs),
    /// Write a VisualCircuit project as a launch file, its Python code beside it
    Convert(ConvertArgs),
    /// Show the arguments that a launch file takes
    Args(FileArgs),
    /// List the blocks found, or show one's ports and parameters
    Blocks(BlocksArgs),
    /// Make a block of your own to begin with
    New {
        #[command(subcommand)]
        what: New,
    },
    /// Print the JSON schema of launch files in YAML, for editors
    Schema,
    /// Show or change the parameters of running nodes
    Param {
        #[command(subcommand)]
        verb: ParamVerb,
    },
    /// Wait on a robot's computer for operators, and run their circuits' parts
    Agent(AgentArgs),
    /// Take over a circuit that agents keep running
    Attach(AttachArgs),
    /// Make, install and list the keys by which operators and machines know each other
    Keys {
        /// The folder of this computer's keys [default: `$VC_KEYS`, else ~/.config/vc/keys]
        #[arg(long, value_name = "FOLDER", global = true)]
        keys: Option<PathBuf>,
        #[command(subcommand)]
        verb: KeysVerb,
    },
    /// Run a part of a circuit (started by `run` and `agent` themselves)
    #[command(hide = true)]
    Part(PartArgs),
    /// End what a launcher that died has left running (started by `run` itself)
    #[command(hide = true)]
    Guard {
        /// The mark that the run's processes carry.
        mark: String,
    },
}

/// A launch file and what is given to it.
#[derive(Debug, Args)]
pub(crate) struct LaunchArgs {
    /// The launch file; or a ROS 2 package, followed by the name of a launch file of it
    pub(crate) file: PathBuf,
    /// Values for the launch file's arguments; for a VisualCircuit project's constants, `Block.Name:=VALUE`
    #[arg(value_name = "NAME:=VALUE", value_parser = word)]
    pub(crate) words: Vec<Word>,
    /// Only what runs on this machine; `local`: only what names no machine
    #[arg(long, value_name = "NAME")]
    pub(crate) machine: Option<String>,
    /// Join all topics to a ROS 2 robot or another host, by a relay that connects there: tcp/robot:7447
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) bridge: Vec<String>,
    /// Let `$(command …)` in launch files run programs while they are read
    #[arg(long)]
    pub(crate) allow_command: bool,
    /// What interprets blocks in Python: a program, or a virtual environment's folder [default: python3]
    #[arg(long, value_name = "PATH")]
    pub(crate) python_exe: Option<String>,
    /// The node that reads what is typed here, instead of the one that the launch file names
    #[arg(long, value_name = "NODE")]
    pub(crate) stdin: Option<String>,
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
}

/// A word behind the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Word {
    /// `name:=value`
    Assignment(String, String),
    /// A launch file of the package that the first word names.
    File(PathBuf),
}

impl LaunchArgs {
    /// The values given.
    pub(crate) fn assignments(&self) -> Vec<(String, String)> {
        let of = |word: &Word| match word {
            Word::Assignment(name, value) => Some((name.clone(), value.clone())),
            Word::File(_) => None,
        };
        self.words.iter().filter_map(of).collect()
    }

    /// The launch file's name, where the first word is a package.
    pub(crate) fn file_of_package(&self) -> Option<&Path> {
        match self.words.first() {
            Some(Word::File(file)) => Some(file),
            _ => None,
        }
    }
}

/// For VisualCircuit projects only.
#[derive(Debug, Args)]
pub(crate) struct ProjectArgs {
    /// Run this block natively though its code differs from the stock block's; `all`: each that can be
    #[arg(long, value_name = "BLOCK", help_heading = "VisualCircuit projects")]
    pub(crate) native: Vec<String>,
    /// Run this block's own Python code though a native block could take its place; `all`: each
    #[arg(long, value_name = "BLOCK", help_heading = "VisualCircuit projects")]
    pub(crate) python: Vec<String>,
    /// Give code in Python the wire at `Enable` as it is: it ends by its own rules, and nothing pauses it
    #[arg(long, help_heading = "VisualCircuit projects")]
    pub(crate) strict_enable: bool,
}

/// `vclaunch run`
#[derive(Debug, Args)]
#[command(after_help = exit_code::HELP)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) launch: LaunchArgs,
    /// Print events as JSON lines on standard output; the last one is the summary
    #[arg(long)]
    pub(crate) json: bool,
    /// Keep log files below this folder [default: `$ROS_LOG_DIR`, `$ROS_HOME/log` or ~/.local/state/vc/log]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) log_dir: Option<PathBuf>,
    /// Show the output of every node, whatever the launch file says
    #[arg(short = 'a', long)]
    pub(crate) show_all_output: bool,
    /// Show the arguments that the launch file takes, and start nothing: `vclaunch args`
    #[arg(short = 's', long, visible_alias = "show-arguments")]
    pub(crate) show_args: bool,
    /// Show what would start, and start nothing: `vclaunch check`
    #[arg(short = 'p', long = "print", visible_alias = "print-description", conflicts_with = "show_args")]
    pub(crate) print: bool,
    /// Print lines, as into a file, though there is a terminal that could be drawn on
    #[arg(short = 'n', long)]
    pub(crate) noninteractive: bool,
    /// The log level of every node, such as `debug`; `name:=level` is for one logger only
    #[arg(long, value_name = "LEVEL")]
    pub(crate) log_level: Option<String>,
    /// Words before each program that has no `launch-prefix` of its own, such as `gdb -batch -ex run --args`
    #[arg(long, value_name = "COMMAND", value_parser = words)]
    pub(crate) launch_prefix: Option<Words>,
    /// Only before the programs whose name this regular expression fits from its beginning
    #[arg(long, value_name = "REGEX", value_parser = from_beginning, requires = "launch_prefix")]
    pub(crate) launch_prefix_filter: Option<Regex>,
    /// Where a machine's agent is, instead of what the launch file says
    #[arg(long, value_name = "MACHINE=ADDRESS", value_parser = agent_address)]
    pub(crate) agent: Vec<(MachineName, String)>,
    #[command(flatten)]
    pub(crate) keys: KeysArgs,
    /// How long a block may take to say that it is ready
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(crate) ready_timeout: Duration,
}

/// `vclaunch agent`
#[derive(Debug, Args)]
pub(crate) struct AgentArgs {
    /// The machine's name in launch files [default: that of its keys, else this computer's name]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<MachineName>,
    /// Listen there, `host` or `host:port`; beyond this computer only if asked to
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(crate) listen: Vec<String>,
    /// Let operators start any program below this folder, not only installed blocks
    #[arg(long, value_name = "FOLDER")]
    pub(crate) allow_folder: Vec<PathBuf>,
    /// Let operators start anything at all
    #[arg(long)]
    pub(crate) allow_commands: bool,
    /// Keep log files below this folder [default: `$ROS_LOG_DIR`, `$ROS_HOME/log` or ~/.local/state/vc/log]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) log_dir: Option<PathBuf>,
    /// Print a unit for systemd that runs this agent, and end
    #[arg(long)]
    pub(crate) systemd_unit: bool,
    #[command(flatten)]
    pub(crate) keys: KeysArgs,
}

/// `vclaunch attach`
#[derive(Debug, Args)]
pub(crate) struct AttachArgs {
    /// Where the agents are, `host` or `host:port`
    #[arg(required = true)]
    pub(crate) address: Vec<String>,
    /// Print events as JSON lines on standard output; the last one is the summary
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) keys: KeysArgs,
}

/// `vclaunch part`
#[derive(Debug, Args)]
pub(crate) struct PartArgs {
    /// Keep log files below this folder
    #[arg(long, value_name = "FOLDER")]
    pub(crate) log_dir: Option<PathBuf>,
}

/// `vclaunch check`
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) launch: LaunchArgs,
    /// Print the whole plan as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// `vclaunch graph`
#[derive(Debug, Args)]
pub(crate) struct GraphArgs {
    #[command(flatten)]
    pub(crate) launch: LaunchArgs,
    /// The form of the drawing [default: by the name of the output file, else dot]
    #[arg(long)]
    pub(crate) format: Option<GraphFormat>,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// `vclaunch convert`
#[derive(Debug, Args)]
pub(crate) struct ConvertArgs {
    /// The project, a .vc3 or .vc file
    pub(crate) file: PathBuf,
    /// The launch file to write, such as my.launch.yaml
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Write over files that are there
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
}

/// A form of drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// For Graphviz
    Dot,
    /// For Markdown pages
    Mermaid,
    /// A picture
    Svg,
}

/// `vclaunch args`
#[derive(Debug, Args)]
pub(crate) struct FileArgs {
    /// The launch file; or a ROS 2 package, followed by the name of a launch file of it
    pub(crate) file: PathBuf,
    /// The name of the package's launch file
    #[arg(hide = true)]
    pub(crate) file_of_package: Option<PathBuf>,
}

/// `vclaunch blocks`
#[derive(Debug, Args)]
pub(crate) struct BlocksArgs {
    /// The block to show
    pub(crate) name: Option<String>,
}

/// What can be made.
#[derive(Debug, Subcommand)]
pub(crate) enum New {
    /// A folder with a block's program, its test, and a launch file to see it in
    Block(NewBlockArgs),
}

/// `vclaunch new block`
#[derive(Debug, Args)]
pub(crate) struct NewBlockArgs {
    /// Its name, and the folder's: small letters, digits, underscores
    pub(crate) name: String,
    /// In Python instead of Rust
    #[arg(long)]
    pub(crate) python: bool,
}

/// `vclaunch param`: of the nodes in the domain that `ROS_DOMAIN_ID` names, however they were started.
#[derive(Debug, Subcommand)]
pub(crate) enum ParamVerb {
    /// List the parameters of all nodes, or of one, with their values
    List {
        /// The node, such as `camera` or `/robot/camera`
        node: Option<String>,
        /// Print one JSON array
        #[arg(long)]
        json: bool,
    },
    /// Print a parameter's value
    Get {
        /// The node
        node: String,
        /// The parameter
        name: String,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Change a parameter while the node runs
    #[command(allow_negative_numbers = true)]
    Set {
        /// The node
        node: String,
        /// The parameter
        name: String,
        /// Its new value, as in `-p name:=value`
        value: String,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Show what a node's parameters mean, and what they may be
    Describe {
        /// The node
        node: String,
        /// Only this parameter
        name: Option<String>,
        /// Print one JSON array
        #[arg(long)]
        json: bool,
    },
}

/// Reads a command line. `vclaunch FILE …` means `vclaunch run FILE …`.
///
/// # Errors
/// What is wrong with it, or the help or version asked for.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let mut args: Vec<OsString> = args.into_iter().collect();
    let word = |index: usize| args.get(index).map(|word| word.to_string_lossy().into_owned());
    let means_run = word(1).is_some_and(|first| {
        means_run(&first) || word(2).is_some_and(|second| means_package(&first, &second))
    });
    if means_run {
        args.insert(1, "run".into());
    }
    Cli::try_parse_from(args)
}

/// Whether the first word is the package of a launch file, not a command, also not a mistyped one.
fn means_package(first: &str, second: &str) -> bool {
    let cli = Cli::command();
    let commands = cli.get_subcommands().map(clap::Command::get_name).chain(["help"]);
    names_launch_file(second) && vc_words::suggest::nearest(first, commands).is_none()
}

fn names_launch_file(text: &str) -> bool {
    let endings = [".xml", ".launch", ".yaml", ".yml", ".py", ".vc3", ".vc"];
    endings.iter().any(|ending| text.ends_with(ending))
}

/// Whether the first word is not a command but already something for `run`: an option, or a file
/// and no mistyped command.
fn means_run(first: &str) -> bool {
    let for_all = ["-h", "--help", "-V", "--version", "--no-color"];
    let is_option = first.starts_with('-') && !for_all.contains(&first);
    is_option || first.contains(['.', '/']) || Path::new(first).is_file()
}

fn word(text: &str) -> Result<Word, String> {
    match text.split_once(":=") {
        Some((name, value)) if !name.is_empty() => Ok(Word::Assignment(name.to_owned(), value.to_owned())),
        None if names_launch_file(text) => Ok(Word::File(text.into())),
        _ => Err("an argument is given as name:=value".to_owned()),
    }
}

/// The words of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words(pub(crate) Vec<String>);

fn words(text: &str) -> Result<Words, String> {
    let words = vc_plan::shell_words::split(text)?;
    if words.is_empty() { Err("there must be a command".to_owned()) } else { Ok(Words(words)) }
}

fn from_beginning(text: &str) -> Result<Regex, String> {
    Regex::new(&format!("^(?:{text})")).map_err(|error| error.to_string())
}

fn agent_address(text: &str) -> Result<(MachineName, String), String> {
    let (name, address) = text.split_once('=').ok_or("an agent is given as machine=address")?;
    let name = MachineName::parse(name).map_err(|error| error.to_string())?;
    Ok((name, address.to_owned()))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| *seconds > 0.0);
    let duration = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    duration.ok_or_else(|| "a time is a number of seconds above 0".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Cli, clap::Error> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn the_declaration_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn run_is_the_default() {
        for line in ["vclaunch run a.yaml x:=1", "vclaunch a.yaml x:=1", "vclaunch --json a.yaml x:=1"] {
            let Ok(Cli { command: Command::Run(run), .. }) = parsed(line) else { panic!("{line}") };
            assert_eq!(run.launch.assignments(), [("x".to_owned(), "1".to_owned())]);
            assert_eq!(run.launch.file_of_package(), None);
        }
        for line in [
            "vclaunch demo a.launch.xml x:=1",
            "vclaunch run demo a.launch.xml x:=1",
            "vclaunch -a demo a.yaml x:=1",
        ] {
            let Ok(Cli { command: Command::Run(run), .. }) = parsed(line) else { panic!("{line}") };
            assert_eq!(run.launch.assignments().len(), 1);
            assert!(run.launch.file_of_package().is_some(), "{line}");
        }
        assert!(parsed("vclaunch chekc a.yaml").is_err());
        assert!(parsed("vclaunch a.yaml x=1").is_err());
        assert!(parsed("vclaunch a.yaml --ready-timeout 0").is_err());
        assert!(parsed("vclaunch a.yaml --ready-timeout nan").is_err());
    }
}
