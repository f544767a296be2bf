#!/bin/bash
# clang-tidy with the checks of .clang-tidy. usage: tools/clang_tidy.sh [FILE.cc…]   default: every source of src/
# Needs the compile commands of the dev preset (cmake --preset dev).
set -u
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- $(find src -name '*.cc' | sort)
known=$(grep -o '"file": "[^"]*"' build/dev/compile_commands.json | cut -d'"' -f4)
files=()
for file; do grep -qx "$PWD/$file" <<<"$known" && files+=("$file"); done
[ ${#files[@]} -gt 0 ] || { echo "clang-tidy: no file to check"; exit 0; }
cmake --build build/dev --target generated >/dev/null || exit 1
# Clang knows no -Wno-… of g++ and need not: only the checks count here.
printf '%s\n' "${files[@]}" | xargs -P "${JOBS:-2}" -n 1 clang-tidy -p build/dev --quiet --extra-arg=-Wno-unknown-warning-option \
  2>/dev/null || { echo "clang-tidy: ${#files[@]} files, see above"; exit 1; }
echo "clang-tidy: ${#files[@]} files clean"
