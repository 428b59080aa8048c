#!/usr/bin/env bash
# Installs the system packages that are missing, and says what each is for.
#   ./install.sh run     what the blocks need to build and run
#   ./install.sh test    that, and what the tests look through
set -euo pipefail

packages_for_run="
g++:links programs and compiles OpenCV's C++ side
clang:reads OpenCV's headers for its Rust bindings
libclang-dev:the same, as a library
libopencv-core-dev:pictures in memory
libopencv-imgproc-dev:edge detection and colour conversion
libopencv-imgcodecs-dev:picture files
libopencv-videoio-dev:cameras and video files
libopencv-highgui-dev:windows
libopencv-objdetect-dev:faces
libopencv-dnn-dev:objects, by neural networks
opencv-data:what faces look like
"
packages_for_test="
python3:runs independent implementations to compare with
python3-venv:keeps their packages apart
python3-dev:lets pyzeros, a ROS 2 node in Python, compile what it needs
chromium:opens the live page as a user would
xvfb:a screen for windows where there is none
procps:looks at running processes
iproute2:lays virtual cables between network namespaces
"

wanted="$packages_for_run"
[ "${1:-run}" = test ] && wanted="$wanted$packages_for_test"

missing=()
while IFS=: read -r package reason; do
  [ -n "$package" ] || continue
  if ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed'; then
    echo "installing $package: $reason"
    missing+=("$package")
  fi
done <<<"$wanted"
[ ${#missing[@]} -gt 0 ] || exit 0

root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "these packages need root, and there is no sudo: ${missing[*]}" >&2; exit 1; }
  root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
"${root[@]}" apt-get update -q >"$log" 2>&1 &&
  "${root[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}" >>"$log" 2>&1 ||
  { tail -n 20 "$log" >&2; echo "could not install: ${missing[*]}" >&2; exit 1; }
rm -f "$log"
