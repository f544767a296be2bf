#!/bin/sh
# How fast `headroom load --max-rate` is beside wrk, and what a request costs it: both with one thread and 64 keep-alive connections
# on core 1, against the same nginx (`return 200`, one worker) on core 0, rounds interleaved, the first one by turns.
# usage: bench/load_vs_wrk.sh [ROUNDS [SECONDS [PORT]]]    prints a markdown table: median (min–max)
# wrk sends the same bytes over and over; load draws, stamps (traceparent) and measures each request.
set -eu
cd "$(dirname "$0")/.."
ROUNDS=${1:-5} SECONDS_EACH=${2:-5} PORT=${3:-21020}
for tool in wrk nginx taskset; do
  command -v $tool > /dev/null || { echo "load_vs_wrk: skipped, $tool is not installed" >&2; exit 77; }
done
[ -x build/headroom ] || { echo "load_vs_wrk: build/headroom is missing: make build" >&2; exit 1; }
[ "$(nproc)" -ge 2 ] || { echo "load_vs_wrk: skipped, it needs two cores" >&2; exit 77; }
WORK=$(mktemp -d) NGINX=
trap '[ -z "$NGINX" ] || kill $NGINX 2>/dev/null || true; rm -rf "$WORK"' EXIT INT TERM

cat > "$WORK/nginx.conf" <<CONF
worker_processes 1; daemon off; master_process off; pid $WORK/nginx.pid; error_log $WORK/error.log;
events { worker_connections 1024; }
http { access_log off; keepalive_requests 1000000000; client_body_temp_path $WORK; proxy_temp_path $WORK; fastcgi_temp_path $WORK;
  uwsgi_temp_path $WORK; scgi_temp_path $WORK;
  server { listen 127.0.0.1:$PORT; location / { default_type application/json; return 200 '{"prediction":"setosa"}'; } } }
CONF
taskset -c 0 nginx -p "$WORK" -c "$WORK/nginx.conf" 2> "$WORK/nginx.txt" & NGINX=$!
sleep 1
kill -0 $NGINX 2>/dev/null || { echo "load_vs_wrk: nginx did not start:" >&2; cat "$WORK/nginx.txt" "$WORK/error.log" >&2; exit 1; }

# CPU seconds of the children that have ended so far. Not in $(…): that shell has no children.
children_cpu() { times > "$WORK/times"; CPU=$(awk 'NR == 2 { split($1, u, /[ms]/); split($2, s, /[ms]/); print u[1] * 60 + u[2] + s[1] * 60 + s[2] }' "$WORK/times"); }
row() { # tool requests seconds-of-CPU requests/s
  [ "${2:-0}" -gt 0 ] || { echo "load_vs_wrk: $1 made no request" >&2; cat "$WORK/$1.txt" >&2; exit 1; }
  awk -v n="$2" -v cpu="$3" -v rate="$4" 'BEGIN { printf "%.0f %.3f\n", rate, cpu / n * 1e6 }' >> "$WORK/$1.rows"
}

measure_wrk() {
  children_cpu; before=$CPU
  taskset -c 1 wrk -t1 -c64 -d"${SECONDS_EACH}s" "http://127.0.0.1:$PORT/" > "$WORK/wrk.txt"
  children_cpu; cpu=$(awk -v a="$before" -v b="$CPU" 'BEGIN { print b - a }')
  if grep -qE "Non-2xx|Socket errors" "$WORK/wrk.txt"; then echo "load_vs_wrk: wrk had failures" >&2; exit 1; fi
  row wrk "$(awk '/requests in/ { print $1 }' "$WORK/wrk.txt")" "$cpu" "$(awk '/Requests\/sec/ { print $2 }' "$WORK/wrk.txt")"
}

measure_load() {
  children_cpu; before=$CPU
  # Exit 1 is its right here: a generator that uses its whole core says that it is limited.
  taskset -c 1 build/headroom load "http://127.0.0.1:$PORT/" --method GET --max-rate -c 64 --threads 1 -t "${SECONDS_EACH}s" --json \
    > "$WORK/load.txt" 2> "$WORK/load.err" || [ $? -eq 1 ]
  children_cpu; cpu=$(awk -v a="$before" -v b="$CPU" 'BEGIN { print b - a }')
  set -- $(sed -n 's/.*"whole_run":{"requests":\([0-9]*\),"failures":\([0-9]*\),"rps":\([0-9.e+]*\),.*/\1 \2 \3/p' "$WORK/load.txt")
  [ "${2:-1}" -eq 0 ] || { echo "load_vs_wrk: load had failures" >&2; cat "$WORK/load.err" "$WORK/load.txt" >&2; exit 1; }
  row load "$1" "$cpu" "$3"
}

for i in $(seq "$ROUNDS"); do
  if [ $((i % 2)) -eq 1 ]; then measure_wrk; measure_load; else measure_load; measure_wrk; fi
done

spread() { # file column format
  sort -n -k"$2" "$1" | awk -v c="$2" -v f="$3" '{ v[NR] = $c } END {
    m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
    printf f " (" f "–" f ")", m, v[1], v[NR] }'
}
echo "| generator, $ROUNDS rounds of $SECONDS_EACH s | requests/s | its CPU, µs a request |"
echo "|---|---|---|"
for tool in wrk load; do echo "| $tool | $(spread "$WORK/$tool.rows" 1 %.0f) | $(spread "$WORK/$tool.rows" 2 %.2f) |"; done
paste -d' ' "$WORK/wrk.rows" "$WORK/load.rows" | awk '{ printf "%.3f %.3f\n", $3 / $1, $4 / $2 }' > "$WORK/ratio.rows"
echo "| load / wrk, round by round | $(spread "$WORK/ratio.rows" 1 %.2f) | $(spread "$WORK/ratio.rows" 2 %.2f) |"
