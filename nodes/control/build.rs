//! Makes Rust types of the one message of `turtlesim` that the odometer reads.

fn main() -> Result<(), vc_msggen::Error> {
    vc_msggen::Build::new().package("turtlesim", "turtlesim").emit()
}
