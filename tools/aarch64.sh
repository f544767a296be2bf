#!/bin/bash
# Builds what reads and runs models for 64-bit ARM and runs its tests in an emulator: the kernels of 128 bits are NEON there, and every
# answer has to be the same to the last bit. Skipped without a cross compiler, an emulator and ARM's compression libraries, which Debian gives by
#   dpkg --add-architecture arm64 && apt-get update && apt-get install g++-aarch64-linux-gnu qemu-user zlib1g-dev:arm64 libbz2-dev:arm64 liblzma-dev:arm64 liblz4-dev:arm64
set -u
cd "$(dirname "$0")/.."
compiler=aarch64-linux-gnu-g++ emulator=qemu-aarch64 gtest=/usr/src/googletest out=build/aarch64
for needed in $compiler $emulator; do command -v $needed >/dev/null || { echo "skipped: there is no $needed"; exit 77; }; done
libraries="-lz -lbz2 -llzma -llz4"
echo 'int main() {}' | $compiler -xc++ - -static $libraries -o /dev/null 2>/dev/null || { echo "skipped: ARM's static libraries are missing: $libraries"; exit 77; }
cmake --preset dev >/dev/null && cmake --build build/dev --target generated >/dev/null || exit 1
mkdir -p $out
flags="-std=c++20 -O1 -ffp-contract=off -Wno-psabi -Isrc -Ibuild/dev/generated -I$gtest/googletest/include -I$gtest/googletest -I$gtest/googlemock/include -I$gtest/googlemock -idirafter /usr/include"
command -v ccache >/dev/null && compiler="ccache $compiler"
export compiler flags out
compile() {
  local object
  object=$out/$(echo "$1" | tr / _).o
  # Each time: there is no list of what a file includes, and ccache knows.
  $compiler $flags -DHEADROOM_SOURCE_DIR="\"$PWD\"" -c "$1" -o "$object"
}
export -f compile
rm -f $out/*.o
{
  ls src/base/*.cc src/formats/*.cc src/model/*.cc src/importers/*.cc | grep -vE '_(bench|fuzz)\.cc$'
  echo src/io/file.cc src/testing/files.cc src/testing/reference_model.cc
  echo $gtest/googletest/src/gtest-all.cc $gtest/googletest/src/gtest_main.cc $gtest/googlemock/src/gmock-all.cc
} | xargs -n 1 -P "${JOBS:-$(nproc)}" bash -c 'compile "$0"' || exit 1
aarch64-linux-gnu-g++ -static $out/*.o $libraries -lpthread -o $out/models_test 2>/dev/null || exit 1
$emulator $out/models_test --gtest_brief=1 && echo "64-bit ARM: all tests passed"
