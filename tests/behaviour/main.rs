//! What a node does as a process: its command line, its company, its end, its cost.

mod command_line;
mod company;
mod cost;
mod ending;
mod live;
mod supervised;
