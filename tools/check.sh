#!/bin/bash
# Checks everything, stage after stage, and goes on after a failure. usage: tools/check.sh [--bounded] [STAGE…]
# --bounded: what .ci/run does, near 40 minutes on 2 cores and never above 85: fuzzing for 30 s a target, clang-tidy on what changed,
#            one quick peer; a stage that would begin later than after 80 minutes is skipped and says so. Without it there is no bound.
# Prints a line for each stage, what failed in full, and "N passed, N failed" at the end. Logs: build/check/STAGE.log
set -u
cd "$(dirname "$0")/.."
bounded= all=(test asan tsan tidy web browser fuzz parity aarch64 bench)
[ "${1-}" = --bounded ] && { bounded=1; shift; all=(test web browser parity asan tsan fuzz tidy); }
[ $# -gt 0 ] && all=("$@")
tools/install.sh build test check || exit 3
export JOBS=${JOBS:-$(nproc)}
mkdir -p build/check

stage_test() { ./test; }
# What only compiling takes long is no failure: bounded, a stage whose build is not done in its share of the time is skipped and says so.
built() {
  local preset=$1; shift
  cmake --preset "$preset" >/dev/null || return 1
  timeout "$([ -n "$bounded" ] && echo $((seconds * 2 / 3)) || echo 0)" cmake --build --preset "$preset" -j "$JOBS" "$@"
  case $? in
    0) return 0 ;;
    124) echo "skipped: the $preset build was not done in $((seconds * 2 / 3)) s; the next run goes on from there where ccache is"; exit 77 ;;
    *) return 1 ;;
  esac
}
# A sanitizer's report fails the test it happened in. Rooms: label expression of ctest.
sanitized() {
  local preset=$1 labels=$2; shift 2
  built "$preset" "$@" && ctest --preset "$preset" -j "$JOBS" -L "$labels"
}
stage_asan() { sanitized asan '.'; }
# The rooms where threads meet.
threaded="base io run telemetry serve load scale"
stage_tsan() {
  local targets=() room fuzzer
  for room in $threaded; do
    compgen -G "src/$room/*_test.cc" >/dev/null && targets+=("${room}_test")
    for fuzzer in "src/$room"/*_fuzz.cc; do [ -e "$fuzzer" ] && targets+=("$(basename "$fuzzer" .cc)"); done  # their seeds are tests too
  done
  sanitized tsan "^(${threaded// /|})\$" --target headroom "${targets[@]}"
}
stage_tidy() {
  cmake --preset dev >/dev/null || return 1
  [ -n "$bounded" ] || { tools/clang_tidy.sh; return; }
  # What changed since the last submission; on a clone without it, what the last commits changed. At most the 30 that changed most: some 6 minutes.
  local base files
  base=$(git merge-base HEAD origin/main 2>/dev/null); [ "$base" != "$(git rev-parse HEAD)" ] || base=
  base=${base:-$(git rev-list -1 --before='6 hours ago' HEAD)}; base=${base:-$(git rev-list --max-parents=0 HEAD | tail -1)}
  files=$(git diff --numstat --diff-filter=d "$base" -- 'src/*.cc' | sort -rn | head -n 30 | cut -f3)
  [ -z "$files" ] || tools/clang_tidy.sh $files
}
stage_web() { tools/web.sh check; }
stage_browser() { make --no-print-directory browser; }
stage_fuzz() { built fuzz && make --no-print-directory fuzz "FUZZ_SECONDS=$([ -n "$bounded" ] && echo 30 || echo "${FUZZ_SECONDS:-300}")"; }
# Bounded: the models of tests/parity in the Python that is installed, without fresh ones of other releases.
stage_parity() { if [ -n "$bounded" ]; then PARITY_STACKS= make --no-print-directory parity; else make --no-print-directory parity; fi; }
stage_aarch64() { tools/aarch64.sh; }
stage_bench() { make --no-print-directory bench ARGS=--benchmark_min_time=0.01; }

# Seconds a stage may take when bounded, everything compiled in it; and how long all may take together.
declare -A limit=([test]=2400 [asan]=1800 [tsan]=1200 [tidy]=600 [web]=180 [browser]=2000 [fuzz]=1500 [parity]=600 [aarch64]=1200 [bench]=600)
whole=5040 last_begin=4800
passed=0 failed=0 skipped=0 failures=
begin=$SECONDS
export -f built sanitized $(compgen -A function stage_)
export bounded threaded
for stage in "${all[@]}"; do
  printf '== %-8s ' "$stage"
  started=$SECONDS seconds=0
  if [ -n "$bounded" ]; then
    if [ $((started - begin)) -gt $last_begin ]; then
      echo "skipped: no time is left for it"
      skipped=$((skipped + 1))
      continue
    fi
    seconds=$((whole - started + begin))
    [ "$seconds" -lt "${limit[$stage]}" ] || seconds=${limit[$stage]}
  fi
  export seconds
  timeout -k 20 "$seconds" bash -c "stage_$stage" >"build/check/$stage.log" 2>&1 </dev/null
  status=$?
  case $status in
    0) word=passed; passed=$((passed + 1)) ;;
    77) word=skipped; skipped=$((skipped + 1)) ;;  # the stage says why in its last line
    124 | 137) word="FAILED: took longer than $seconds s" failed=$((failed + 1)) failures+=" $stage" ;;
    *) word=FAILED failed=$((failed + 1)) failures+=" $stage" ;;
  esac
  printf '%s in %d s: %s\n' "$word" $((SECONDS - started)) "$(grep -E 'tests passed|passed, |clean|skipped' "build/check/$stage.log" | tail -1)"
  case $word in FAILED*) sed 's/^/    /' "build/check/$stage.log" | tail -n 60 ;; esac
done
echo "$(((SECONDS - begin) / 60)) minutes${failures:+; failed:$failures}"
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ] && [ $passed -gt 0 ]
