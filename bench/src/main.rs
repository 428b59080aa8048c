//! Our figures beside raw iceoryx2's, in one run. The method stands in `bench/README.md`.
#![expect(
    clippy::cast_precision_loss,
    reason = "figures for people: counts and sizes far below what a double holds"
)]

mod allocations;
mod circuit;
mod latency;
mod launched;
mod many;
mod memory;
mod ours;
mod percentile;
mod pin;
mod raw;
mod relay;
mod report;
mod startup;
mod throughput;

use clap::{Parser, Subcommand};

/// Our figures beside raw iceoryx2's, in one run.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    bench: Bench,
    /// Print one JSON line a row.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Bench {
    /// One-way latency of a ping-pong between two processes.
    Latency(latency::Options),
    /// Messages a second from one process to another.
    Throughput(throughput::Options),
    /// From `vclaunch` to the first frame handled, of camera, edge detector and screen.
    Startup(startup::Options),
    /// Source, edge detector and sink, against the edge detector's function alone.
    Circuit(circuit::Options),
    /// From `vclaunch` to the moment in which each of many nodes is ready.
    Nodes(many::Nodes),
    /// `vclaunch check` of a long launch file.
    Check(many::Check),
    /// Idle nodes, shared memory touched, allocations a message.
    Memory,
    /// Two hosts joined by relays, against zenoh alone between them.
    Relay(relay::Options),
    /// One side of a measurement: started by the others.
    #[command(hide = true)]
    Side(pin::Side),
    /// One side of a measurement between hosts: the same.
    #[command(hide = true)]
    RelaySide(relay::Side),
}

fn main() -> std::process::ExitCode {
    let Cli { bench, json } = Cli::parse();
    let report = report::Report { json };
    let side = matches!(bench, Bench::Side(_));
    let done = match bench {
        Bench::Latency(options) => latency::run(&options, report),
        Bench::Throughput(options) => throughput::run(&options, report),
        Bench::Startup(options) => startup::run(&options, report),
        Bench::Circuit(options) => circuit::run(&options, report),
        Bench::Nodes(options) => many::nodes(&options, report),
        Bench::Check(options) => many::check(&options, report),
        Bench::Memory => memory::run(report),
        Bench::Relay(options) => relay::run(&options, report),
        Bench::RelaySide(side) => relay::run_side(&side),
        Bench::Side(side) => pin::run_side(&side),
    };
    if !side {
        raw::remove_leftovers();
    }
    report::exit_code(done)
}
