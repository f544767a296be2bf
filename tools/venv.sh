#!/bin/sh
# Makes a folder with the Python packages of a list, once: it is kept until the list changes. usage: tools/venv.sh [LIST FOLDER]
# Default: tests/python.txt in build/venv. Exit 77: there are no built packages (wheels) of the list for this Python.
set -eu
cd "$(dirname "$0")/.."
list=${1:-tests/python.txt}
folder=${2:-build/venv}
cmp -s "$list" "$folder/installed.txt" && exit 0
mkdir -p "$(dirname "$folder")"
python3 -m venv --clear "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: --requirement "$list" || exit 77
cp "$list" "$folder/installed.txt"
