//! The command line of a node: ROS 2's own arguments, and a few for people.

use std::path::PathBuf;

use vc_words::params_file::ParamsFile;
use vc_words::remap::{Remap, Remaps};
use vc_words::suggest::nearest;
use vc_words::{NodeName, ParameterValue};

use crate::error::Error;

/// What a command line says.
#[derive(Debug, Default, PartialEq)]
pub struct Args {
    /// What to do instead of running.
    pub ask: Option<Ask>,
    /// `-r from:=to`
    pub remaps: Remaps,
    /// `-p name:=value` and parameter files, in the order given: later ones win.
    pub parameters: Vec<Given>,
    /// `--source port:=topic`: further topics of an input.
    pub sources: Vec<(String, String)>,
    /// `--longest-queue topic:=depth`: how long a queue some port of a topic has, if longer than usual.
    pub longest: Vec<(String, u32)>,
    /// `--log-level level`
    pub log_level: Option<String>,
}

/// What a program can be asked instead of running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// `--describe`: print the manifest.
    Describe,
    /// `--help`: print the same for people.
    Help,
    /// `--version`: print the version.
    Version,
}

/// Where a parameter value comes from.
#[derive(Debug, PartialEq)]
pub enum Given {
    /// `-p [node:]name:=value`
    Value {
        /// The node it is for; none: this one.
        node: Option<String>,
        /// The parameter.
        name: String,
        /// Its value.
        value: ParameterValue,
    },
    /// `--params-file path`
    File(PathBuf, ParamsFile),
}

const ROS_FLAGS: [&str; 9] = [
    "--remap",
    "--param",
    "--params-file",
    "--log-level",
    "--enclave",
    "--log-config-file",
    "-r",
    "-p",
    "-e",
];
const OWN_FLAGS: [&str; 6] =
    ["--ros-args", "--describe", "--help", "--version", "--source", "--longest-queue"];

impl Args {
    /// Reads the arguments behind the program's name.
    ///
    /// # Errors
    /// [`Error::Usage`] for anything not understood; a node does not guess.
    pub fn parse(args: impl IntoIterator<Item = String>) -> Result<Self, Error> {
        let mut parsed = Self::default();
        let mut args = args.into_iter();
        let mut ros = false;
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--ros-args" => ros = true,
                "--" if ros => ros = false,
                flag if ros => parsed.ros(flag, &mut args)?,
                flag => parsed.own(flag, &mut args)?,
            }
        }
        Ok(parsed)
    }

    fn own(&mut self, flag: &str, rest: &mut impl Iterator<Item = String>) -> Result<(), Error> {
        match flag {
            "--describe" => self.ask = Some(Ask::Describe),
            "--help" | "-h" => self.ask = Some(Ask::Help),
            "--version" | "-V" => self.ask = Some(Ask::Version),
            "--source" => {
                let text = value_of(flag, rest)?;
                let (port, topic) = text.split_once(":=").ok_or_else(|| form(flag, "PORT:=TOPIC", &text))?;
                self.sources.push((port.to_owned(), topic.to_owned()));
            }
            "--longest-queue" => {
                let text = value_of(flag, rest)?;
                let read =
                    text.split_once(":=").and_then(|(topic, depth)| Some((topic, depth.parse().ok()?)));
                let (topic, depth) = read.ok_or_else(|| form(flag, "TOPIC:=DEPTH", &text))?;
                self.longest.push((topic.to_owned(), depth));
            }
            other if ROS_FLAGS.contains(&other) => {
                return Err(usage(format!("`{other}` belongs behind `--ros-args`")));
            }
            other => return Err(unknown(other, &OWN_FLAGS)),
        }
        Ok(())
    }

    fn ros(&mut self, flag: &str, rest: &mut impl Iterator<Item = String>) -> Result<(), Error> {
        match flag {
            "-r" | "--remap" => {
                let text = value_of(flag, rest)?;
                self.remaps.push(Remap::parse(&text).ok_or_else(|| form(flag, "FROM:=TO", &text))?);
            }
            "-p" | "--param" => {
                let text = value_of(flag, rest)?;
                let (name, value) = text.split_once(":=").ok_or_else(|| form(flag, "NAME:=VALUE", &text))?;
                let (node, name) = match name.split_once(':') {
                    Some((node, name)) => (Some(node.to_owned()), name.to_owned()),
                    None => (None, name.to_owned()),
                };
                let value = ParameterValue::parse(value)?;
                self.parameters.push(Given::Value { node, name, value });
            }
            "--params-file" => {
                let path = PathBuf::from(value_of(flag, rest)?);
                let text =
                    std::fs::read_to_string(&path).map_err(Error::io(format!("read {}", path.display())))?;
                let file = ParamsFile::parse(&text)
                    .map_err(|error| usage(format!("{}:{}: {error}", path.display(), error.place)))?;
                self.parameters.push(Given::File(path, file));
            }
            "--log-level" => {
                let text = value_of(flag, rest)?;
                self.log_level = Some(text.rsplit(":=").next().unwrap_or(&text).to_owned());
            }
            // Known to ROS 2, without meaning here.
            "-e" | "--enclave" | "--log-config-file" => drop(value_of(flag, rest)?),
            other if is_log_switch(other) => {}
            other => return Err(unknown(other, &ROS_FLAGS)),
        }
        Ok(())
    }

    /// The values for `node`, in order: later ones win.
    pub fn parameters_of<'a>(&'a self, node: &'a NodeName) -> Vec<(&'a str, &'a ParameterValue)> {
        let mut values = Vec::new();
        for given in &self.parameters {
            match given {
                Given::Value { node: only, name, value } => {
                    if only.as_deref().is_none_or(|only| only == node.base()) {
                        values.push((name.as_str(), value));
                    }
                }
                Given::File(_, file) => values.extend(file.for_node(node)),
            }
        }
        values
    }
}

fn is_log_switch(flag: &str) -> bool {
    let switched = flag.strip_prefix("--enable-").or_else(|| flag.strip_prefix("--disable-"));
    matches!(switched, Some("rosout-logs" | "stdout-logs" | "external-lib-logs"))
}

fn value_of(flag: &str, rest: &mut impl Iterator<Item = String>) -> Result<String, Error> {
    rest.next().ok_or_else(|| usage(format!("`{flag}` needs a value")))
}

fn usage(message: String) -> Error {
    Error::Usage { message }
}

fn form(flag: &str, form: &str, found: &str) -> Error {
    usage(format!("`{flag}` takes {form}, not `{found}`"))
}

fn unknown(flag: &str, known: &[&str]) -> Error {
    let hint = nearest(flag, known.iter().copied())
        .map_or_else(|| "; see --help".to_owned(), |near| format!("; did you mean `{near}`?"));
    usage(format!("unknown argument `{flag}`{hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Args, Error> {
        Args::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn ros_arguments_are_understood() {
        let args = parse(
            "--source image:=/b --longest-queue /b:=100 --ros-args -r __node:=eye -r image:=/a -p lower:=3 -p eye:upper:=4 \
             --log-level debug --disable-rosout-logs --enclave / -- --describe",
        )
        .unwrap();

        assert_eq!(args.remaps.node_name(), Some("eye"));
        assert_eq!(args.sources, [("image".to_owned(), "/b".to_owned())]);
        assert_eq!(args.longest, [("/b".to_owned(), 100)]);
        assert_eq!((args.log_level.as_deref(), args.ask), (Some("debug"), Some(Ask::Describe)));
        let names = |node: &str| {
            let node = NodeName::parse(node).unwrap();
            args.parameters_of(&node).iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names("eye"), ["lower", "upper"]);
        assert_eq!(names("other"), ["lower"]);
    }

    #[test]
    fn mistakes_are_named() {
        for (line, part) in [
            ("--descrbe", "did you mean `--describe`"),
            ("-p a:=1", "belongs behind `--ros-args`"),
            ("--ros-args -p", "needs a value"),
            ("--longest-queue /b:=-1", "TOPIC:=DEPTH"),
            ("--ros-args -r image", "FROM:=TO"),
            ("--ros-args --parms-file x", "did you mean `--params-file`"),
            ("--ros-args --params-file /no/such", "cannot read /no/such"),
        ] {
            let error = parse(line).unwrap_err();
            assert!(format!("{error:?}").contains(part), "{line}: {error:?}");
        }
    }
}
