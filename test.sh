#!/usr/bin/env bash
# Installs what is missing and runs every check and every test.
set -euo pipefail
cd "$(dirname "$0")"

./install.sh test
cargo fmt --all --check
cargo clippy --workspace --all-targets -- -D warnings
cargo build --workspace --all-targets
cargo test --workspace "$@"
