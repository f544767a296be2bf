#!/bin/sh
# usage: [HEADROOM_PEERS=1] tests/peers/otlp.sh HEADROOM MODEL [PORT]. With HEADROOM_PEERS=1 (make check) it may make build/venv, which
# needs the network; else it uses the one that is there. Exit 77 = skipped, with the reason.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
venv=$top/build/venv
[ -f "$2" ] || { echo "skipped: no model at $2"; exit 77; }
"$1" serve --help >/dev/null 2>&1 || { echo "skipped: this headroom has no serve"; exit 77; }
if ! "$venv/bin/python" -c 'import opentelemetry.proto, prometheus_client' 2>/dev/null; then
  [ -n "${HEADROOM_PEERS:-}" ] || { echo "skipped: no build/venv (HEADROOM_PEERS=1 makes it)"; exit 77; }
  python3 -m venv "$venv" 2>/dev/null && "$venv/bin/pip" -q install opentelemetry-proto prometheus_client >/dev/null 2>&1 ||
    { echo "skipped: no Python with opentelemetry-proto and prometheus_client"; exit 77; }
fi
exec "$venv/bin/python" "$top/tests/peers/otlp_test.py" "$@"
