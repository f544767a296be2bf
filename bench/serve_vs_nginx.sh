#!/bin/sh
# CPU time a request: headroom serve answering POST /predict (RandomForest(100), every request recorded) beside nginx
# answering `return 200`, one worker each, both on core 0, wrk with 64 keep-alive connections on core 1, rounds interleaved.
# usage: bench/serve_vs_nginx.sh [ROUNDS [SECONDS [PORT]]]    prints a markdown table of µs CPU a request (user + system)
# SERVE_FLAGS="--trace-file /dev/null": with all spans exported
set -eu
cd "$(dirname "$0")/.."
ROUNDS=${1:-4} SECONDS_EACH=${2:-5} PORT=${3:-21010}
WORK=$(mktemp -d)
trap 'kill $SERVE $NGINX 2>/dev/null || true; rm -rf "$WORK"' EXIT INT TERM

cat > "$WORK/nginx.conf" <<CONF
worker_processes 1; daemon off; master_process off; pid $WORK/nginx.pid; error_log $WORK/error.log;
events { worker_connections 1024; }
http { access_log off; keepalive_requests 1000000000; client_body_temp_path $WORK; proxy_temp_path $WORK; fastcgi_temp_path $WORK;
  uwsgi_temp_path $WORK; scgi_temp_path $WORK;
  server { listen 127.0.0.1:$((PORT + 1)); location / { default_type application/json; return 200 '{"prediction":"setosa"}'; } } }
CONF
cat > "$WORK/post.lua" <<'LUA'
wrk.method = "POST"
wrk.body = '{"features":[5.1,3.5,1.4,0.2]}'
wrk.headers["Content-Type"] = "application/json"
LUA

taskset -c 0 build/headroom serve examples/iris/model.joblib --host 127.0.0.1 --port "$PORT" --threads 1 \
  ${SERVE_FLAGS:-} 2>/dev/null & SERVE=$!
taskset -c 0 nginx -p "$WORK" -c "$WORK/nginx.conf" 2>/dev/null & NGINX=$!
sleep 1

ticks() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }
round() { # pid port path [wrk options]
  pid=$1 port=$2 path=$3; shift 3
  before=$(ticks "$pid")
  taskset -c 1 wrk -t1 -c64 -d"${SECONDS_EACH}s" "$@" "http://127.0.0.1:$port$path" > "$WORK/wrk.txt"
  after=$(ticks "$pid")
  requests=$(awk '/requests in/ { print $1 }' "$WORK/wrk.txt")
  if grep -q Non-2xx "$WORK/wrk.txt"; then echo "failed requests" >&2; exit 1; fi
  awk -v t=$((after - before)) -v r="$requests" -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "%.2f", t / hz * 1e6 / r }'
}

echo "| round | serve /predict, µs CPU | nginx return 200, µs CPU | ratio |"
echo "|---|---|---|---|"
for i in $(seq "$ROUNDS"); do
  a=$(round $SERVE "$PORT" /predict -s "$WORK/post.lua")
  b=$(round $NGINX $((PORT + 1)) /)
  echo "| $i | $a | $b | $(awk -v a="$a" -v b="$b" 'BEGIN { printf "%.2f", a / b }') |"
done
