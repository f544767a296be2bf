#!/bin/sh
# The web pages: build them anew, or check that the committed ones are what web/ builds. usage: tools/web.sh build|check
# Needs node and npm; exit 77 (skipped) for check where they or the registry are missing, because ./run needs neither.
set -eu
cd "$(dirname "$0")/../web"
command -v npm >/dev/null || { echo "skipped: npm is not installed"; [ "$1" = check ] && exit 77; exit 3; }
# The same lock file, the same bytes; installed again only when it changed.
if ! cmp -s package-lock.json node_modules/.headroom-lock; then
  npm ci --no-fund --no-audit --silent || { echo "skipped: npm ci failed"; [ "$1" = check ] && exit 77; exit 3; }
  cp package-lock.json node_modules/.headroom-lock
fi
case "$1" in
  build) npm run --silent build ;;
  check) npm run --silent check ;;
  *) echo "usage: tools/web.sh build|check" >&2; exit 2 ;;
esac
