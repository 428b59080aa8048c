//! Makes Rust types of the folder `my_msgs`.

fn main() -> Result<(), vc_msggen::Error> {
    vc_msggen::Build::new().package("my_msgs", "my_msgs").emit()
}
