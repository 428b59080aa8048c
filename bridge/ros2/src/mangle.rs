//! Names within one chunk of a key: each `/` is written `%`.

/// `/robot1/scan` → `%robot1%scan`.
pub(crate) fn mangle(name: &str) -> String {
    name.replace('/', "%")
}

/// `%robot1%scan` → `/robot1/scan`. `%` never occurs in a ROS name, so nothing is lost.
pub(crate) fn demangle(chunk: &str) -> String {
    chunk.replace('%', "/")
}
