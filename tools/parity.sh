#!/bin/bash
# Holds build/headroom against the libraries themselves, in build/venv (make venv). usage: tools/parity.sh
# With PEERS_DIR (rival servers and generators with their run.sh) the product is measured beside them too.
set -u
cd "$(dirname "$0")/.."
passed=0 failed=0
for test in tests/parity/*_test.py; do
  echo "== $test"
  if timeout 300 build/venv/bin/python "$test" build/headroom; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done
if [ -z "${PEERS_DIR-}" ]; then
  echo "skipped: the rival servers; PEERS_DIR=folder with their run.sh measures beside them"
else
  (cd "$PEERS_DIR" && PRODUCT="$OLDPWD/build/headroom serve $OLDPWD/examples/iris/model.joblib --port 8100" ./run.sh serve/product serve/nginx)
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ] && [ $passed -gt 0 ]
