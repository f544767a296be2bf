#!/bin/bash
# Runs the fuzz targets of build/fuzz, FUZZ_SECONDS each, JOBS at a time. usage: tools/fuzz.sh [TARGET…]
# Starts from the seeds in tests/corpus/TARGET and from what earlier runs found (build/corpus/TARGET, which grows).
set -u
cd "$(dirname "$0")/.."
export FUZZ_SECONDS=${FUZZ_SECONDS:-60}

# One target, in two lines at most: how much it tried, and how to see its fault again.
fuzz() {
  local target=$1 log=build/crashes/$1.log options=()
  mkdir -p "build/corpus/$target" "build/crashes/$target"
  [ -f "tests/corpus/$target.dict" ] && options+=("-dict=tests/corpus/$target.dict")
  # A single input may take 10 s and 2 GB in this slowed-down build; more is a fault.
  timeout -k 10 $((FUZZ_SECONDS + 120)) "build/fuzz/$target" "build/corpus/$target" "tests/corpus/$target" \
    "-max_total_time=$FUZZ_SECONDS" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
    "-artifact_prefix=build/crashes/$target/" "${options[@]}" >"$log" 2>&1 </dev/null
  local status=$? runs; runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  if [ $status = 0 ]; then
    printf '%-24s %9s inputs, %5s in the corpus\n' "$target" "$runs" "$(find "build/corpus/$target" -type f | wc -l)"
    return 0
  fi
  local input; input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -1)
  printf '%-24s FAILED: %s\n  again: build/fuzz/%s %s\n  when mended, keep the input as a seed in tests/corpus/%s/\n' "$target" \
    "$(grep -m1 -E 'ERROR: |runtime error: |internal error' "$log" || echo "exit status $status")" "$target" "${input:-(no input; see $log)}" "$target"
  return 1
}
export -f fuzz

[ $# -gt 0 ] || set -- $(cd build/fuzz && find . -maxdepth 1 -name '*_fuzz' -type f -printf '%f\n' | sort)
[ $# -gt 0 ] || { echo "no fuzz target is built; make fuzz builds them"; exit 1; }
failed=$(printf '%s\n' "$@" | xargs -P "${JOBS:-2}" -I{} bash -c 'fuzz {} || echo {} >&3' 3>&1 1>&2 | wc -l)
echo "$(($# - failed)) passed, $failed failed"
[ "$failed" = 0 ]
