#!/usr/bin/env bash
# Camera, edge detector, screen: installs what is missing, builds, and launches the circuit.
#   ./demo.sh                           a synthetic scene
#   ./demo.sh source:=/dev/video0       a camera
#   ./demo.sh source:=clip.mp4          a file
# All arguments: ./demo.sh --help or vclaunch args launch/examples/edges.launch.yaml
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
profile=${VC_PROFILE:-release}

"$here/install.sh" run
cargo build --manifest-path "$here/Cargo.toml" --profile "$profile" \
  -p vclaunch -p vc-sources -p vc-vision -p vc-sinks

target=${CARGO_TARGET_DIR:-$here/target}
exec "$target/${profile/#dev/debug}/vclaunch" run "$here/launch/examples/edges.launch.yaml" "$@"
