#!/bin/bash
# Holds build/headroom against the libraries themselves. usage: [PARITY_STACKS="sklearn-1.9 …"] [PARITY_SEED=N] [PARITY_ROUNDS=N] tools/parity.sh
# PARITY_STACKS= asks for none of them. First tests/parity/*_test.py in build/venv. Then fresh random models of every stack of tests/parity/stacks/ (each in its own folder of
# build/parity; one without wheels for this Python is skipped), and their table: build/parity/table.md.
# With MODELS_DIR (models with kept answers: tests/parity/live/golden.py) these, too; with all stacks asked the table is docs/parity.md then.
# With PEERS_DIR (rival servers and generators with their run.sh) the product is measured beside them too.
set -u
cd "$(dirname "$0")/.."
passed=0 failed=0 skipped=0
count() { if [ "$1" = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi; }
for test in tests/parity/*_test.py; do
  echo "== $test"
  timeout 300 build/venv/bin/python "$test" build/headroom
  count $?
done
# One thread: the origin adds in a fixed order then.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
stacks=${PARITY_STACKS-$(basename -s .txt -a tests/parity/stacks/*.txt)}
results=()
for stack in $stacks; do
  echo "== $stack, seed ${PARITY_SEED:-1}"
  tools/venv.sh "tests/parity/stacks/$stack.txt" "build/parity/$stack"
  case $? in
    0) ;;
    77) echo "skipped: no wheels of it for this Python"; skipped=$((skipped + 1)); continue ;;
    *) count 1; continue ;;
  esac
  timeout 1200 "build/parity/$stack/bin/python" tests/parity/live/live.py build/headroom --seed "${PARITY_SEED:-1}" --rounds "${PARITY_ROUNDS:-1}" --json "build/parity/$stack.jsonl"
  count $?
  results+=("build/parity/$stack.jsonl")
done
golden=()
if [ -z "${MODELS_DIR-}" ]; then
  echo "skipped: kept answers; MODELS_DIR=folder with such models holds the product against them"
else
  echo "== $MODELS_DIR"
  build/venv/bin/python tests/parity/live/golden.py build/headroom "$MODELS_DIR" --json build/parity/golden.jsonl
  count $?
  golden=(--golden build/parity/golden.jsonl)
fi
if [ ${#results[@]} -gt 0 ]; then
  build/venv/bin/python tests/parity/live/table.py "${golden[@]}" "${results[@]}" >build/parity/table.md
  count $?
  cat build/parity/table.md
fi
[ -n "${PARITY_STACKS+set}" ] || [ -z "${MODELS_DIR-}" ] || [ $skipped != 0 ] || [ ${#results[@]} = 0 ] || cp build/parity/table.md docs/parity.md
if [ -z "${PEERS_DIR-}" ]; then
  echo "skipped: the rival servers; PEERS_DIR=folder with their run.sh measures beside them"
else
  (cd "$PEERS_DIR" && PRODUCT="$OLDPWD/build/headroom serve $OLDPWD/examples/iris/model.joblib --port 8100" ./run.sh serve/product serve/nginx)
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ] && [ $passed -gt 0 ]
