#!/bin/bash
# One row and batches of 1000 in the process, beside other engines' C functions on the same models, in one run on one pinned core.
# usage: PEERS_DIR=… bench/infer_vs_peers.sh [MODEL…]   models: lr30 rf_d8 rf_full xgb500_d6 lgb600_l450 (all)
set -eu
cd "$(dirname "$0")/.."
[ -n "${PEERS_DIR:-}" ] && [ -x "${PEERS_DIR:-}/run.sh" ] || { echo "infer_vs_peers: skipped, PEERS_DIR names no folder of peers"; exit 77; }
cmake --preset bench >/dev/null
cmake --build --preset bench --target headroom_infer -j "${JOBS:-$(nproc)}" >/dev/null
[ $# -gt 0 ] || set -- lr30 rf_d8 rf_full xgb500_d6 lgb600_l450
jobs=()
for model in "$@"; do jobs+=("infer/so:$model" "infer/onnxruntime:$model"); done
case " $* " in *" xgb500_d6 "*) jobs+=(infer/xgboost:xgb500_d6) ;; esac
case " $* " in *" lgb600_l450 "*) jobs+=(infer/lightgbm:lgb600_l450) ;; esac
PRODUCT_SO="$PWD/build/bench/libheadroom_infer.so" exec "$PEERS_DIR/run.sh" "${jobs[@]}"
