//! `vclaunch`: checks a launch file, draws it, or runs it and watches what it started.

mod args;
mod cleaner;
mod commands;
mod exit_code;
mod fleet;
mod report;

use std::process::ExitCode;

use args::{Command, New};

fn main() -> ExitCode {
    let args = match args::parse(std::env::args_os()) {
        Ok(args) => args,
        Err(error) => return report::usage(&error).into(),
    };
    let style = report::Style::of_process(args.no_color);
    match &args.command {
        Command::Run(run) => commands::run::run(run, style),
        Command::Check(check) => commands::check::check(check, style),
        Command::Convert(convert) => commands::convert::convert(convert, style),
        Command::Graph(graph) => commands::graph::graph(graph, style),
        Command::Args(file) => commands::arguments::arguments(file, style),
        Command::Blocks(blocks) => commands::blocks::blocks(blocks, style),
        Command::New { what: New::Block(block) } => commands::new::block(block, style),
        Command::Schema => commands::schema::schema(style),
        Command::Param { verb } => commands::param::param(verb, style),
        Command::Agent(agent) => commands::agent::agent(agent, style),
        Command::Attach(attach) => commands::across::attach(attach, style),
        Command::Keys { keys, verb } => commands::keys::keys(keys.as_deref(), verb, style),
        Command::Part(part) => commands::part::part(part, style),
        Command::Guard { mark } => commands::guard::guard(mark),
    }
    .into()
}
