#!/bin/bash
# The pages of a real server and a real report in Debian's Chromium. usage: tests/browser/run.sh [REPORT.html]
# Starts and ends its own `headroom serve` on a free port. Screenshots: build/screens. Exit 77 (skipped) without chromium or npm.
set -u
cd "$(dirname "$0")/../.."
chromium=$(command -v chromium || command -v chromium-browser) || { echo "skipped: chromium is not installed"; exit 77; }
command -v npm >/dev/null || { echo "skipped: npm is not installed"; exit 77; }
(cd tests/browser && { cmp -s package-lock.json node_modules/.headroom-lock || { npm ci --silent && cp package-lock.json node_modules/.headroom-lock; }; }) ||
  { echo "skipped: npm ci failed (offline?)"; exit 77; }
mkdir -p build/screens
report=${1-}
if [ -z "$report" ]; then
  report=build/screens/out/report.html
  [ -e "$report" ] || timeout 200 build/headroom experiment tests/browser/short.yml --out build/screens/out >build/screens/experiment.log 2>&1 ||
    { echo "the experiment failed:"; tail -5 build/screens/experiment.log; exit 1; }
fi
port=$((26000 + RANDOM % 900)) texts=$((27000 + RANDOM % 900))
build/headroom serve examples/iris/model.joblib --host 127.0.0.1 --port $port --drain 0 >build/screens/serve.log 2>&1 &
servers=$!
build/headroom serve tests/browser/text.joblib --features port,age --host 127.0.0.1 --port $texts --drain 0 >build/screens/serve_texts.log 2>&1 &
servers+=" $!"
trap 'kill $servers 2>/dev/null; wait $servers 2>/dev/null' EXIT
timeout 300 node tests/browser/pages.mjs "$chromium" "http://127.0.0.1:$port" "http://127.0.0.1:$texts" "$report" build/screens
