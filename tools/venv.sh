#!/bin/sh
# Makes build/venv with the packages of tests/python.txt, once: it is kept until that list changes.
set -eu
cd "$(dirname "$0")/.."
mark=build/venv/installed.txt
cmp -s tests/python.txt "$mark" && exit 0
mkdir -p build
python3 -m venv --clear build/venv
build/venv/bin/pip install --quiet --disable-pip-version-check --requirement tests/python.txt
cp tests/python.txt "$mark"
