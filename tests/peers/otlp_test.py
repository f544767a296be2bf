#!/usr/bin/env python3
"""What `headroom serve` says about itself, read by the official readers: OTLP/HTTP protobuf and the OTLP JSON Lines file by
opentelemetry-proto, /metrics by prometheus_client.   usage: otlp_test.py HEADROOM MODEL [PORT]
Exit 0 all held, 1 something did not, 77 skipped (the packages are not there: pip install opentelemetry-proto prometheus_client)."""
import http.client, http.server, json, os, pathlib, signal, subprocess, sys, tempfile, threading, time

try:
    from google.protobuf import json_format
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2
    from opentelemetry.proto.trace.v1 import trace_pb2
    from prometheus_client.openmetrics import parser as openmetrics
    from prometheus_client import parser as prometheus
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

NAMES = {"model_loading", "prediction_request", "data_preparation", "model_inference", "health_check"}
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
failures = []


def check(holds, what):
    print(("ok      " if holds else "FAILED  ") + what)
    if not holds:
        failures.append(what)


class Collector(http.server.BaseHTTPRequestHandler):
    """Takes exports; the first one is answered 503, so that it must come again."""
    exports, heads, refused = [], [], 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not Collector.refused:
            Collector.refused = 1
            self.send_response(503)
            self.send_header("Retry-After", "0")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        Collector.heads.append((self.path, dict(self.headers)))
        Collector.exports.append(trace_service_pb2.ExportTraceServiceRequest.FromString(body))
        answer = trace_service_pb2.ExportTraceServiceResponse().SerializeToString()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def spans_in(messages):
    return [span for message in messages for resource in message.resource_spans for scope in resource.scope_spans for span in scope.spans]


def value(any_value):
    return getattr(any_value, any_value.WhichOneof("value"))


def attributes(thing):
    return {pair.key: value(pair.value) for pair in thing.attributes}


def read_file(path):
    """OTLP's JSON has hex where proto3's has base64."""
    import base64
    messages = []
    for line in path.read_text().splitlines():
        document = json.loads(line)
        for resource in document["resourceSpans"]:
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    for key in ("traceId", "spanId", "parentSpanId"):
                        if key in span:
                            span[key] = base64.b64encode(bytes.fromhex(span[key])).decode()
        messages.append(json_format.ParseDict(document, trace_pb2.TracesData()))
    return messages


def wait_ready(port, process):
    for _ in range(500):
        if process.poll() is not None:
            sys.exit(f"headroom ended with {process.returncode}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.02)
    sys.exit("headroom did not become ready")


def ask(port, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def check_spans(messages, where):
    spans = spans_in(messages)
    by_name = {}
    for span in spans:
        by_name.setdefault(span.name, []).append(span)
    check(NAMES <= set(by_name), f"{where}: the five spans ({sorted(by_name)})")
    if not NAMES <= set(by_name):
        return {}
    request = next(s for s in by_name["prediction_request"] if s.trace_id.hex() == TRACE)
    check(request.parent_span_id.hex() == PARENT, f"{where}: prediction_request continues the caller's trace")
    check(request.kind == trace_pb2.Span.SPAN_KIND_SERVER, f"{where}: prediction_request is of kind SERVER")
    for name in ("data_preparation", "model_inference"):
        child = next(s for s in by_name[name] if s.trace_id.hex() == TRACE)
        inside = request.start_time_unix_nano <= child.start_time_unix_nano <= child.end_time_unix_nano <= request.end_time_unix_nano
        check(child.parent_span_id == request.span_id and inside, f"{where}: {name} lies within its request")
    said = attributes(request)
    check(said.get("http.request.method") == "POST" and said.get("url.path") == "/predict" and said.get("url.scheme") == "http"
          and said.get("http.route") == "/predict" and said.get("http.response.status_code") == 200, f"{where}: HTTP attributes")
    inputs = {key: v for key, v in said.items() if key.startswith("input.")}
    check(sorted(inputs.values()) == [0.2, 1.4, 3.5, 5.1], f"{where}: inputs by feature name ({inputs})")
    check("prediction.result" in said and 0 < said["prediction.confidence"] <= 1, f"{where}: prediction.result and confidence")
    check(sum(1 for key in said if key.startswith("headroom.stage.")) == 8, f"{where}: eight stage durations")
    now = time.time_ns()
    check(all(now - 60e9 < s.start_time_unix_nano <= s.end_time_unix_nano <= now for s in spans), f"{where}: times are of now, and in order")
    check(len({s.span_id for s in spans}) == len(spans), f"{where}: span ids are unique")
    resource = attributes(messages[0].resource_spans[0].resource)
    check(resource.get("service.name") == "iris" and resource.get("deployment.environment.name") == "a b"
          and resource.get("telemetry.sdk.name") == "headroom", f"{where}: resource attributes")
    return {span.span_id for span in spans}


def check_metrics(port):
    for parse, accept, kind in ((prometheus.text_string_to_metric_families, "text/plain", "Prometheus text"),
                                (openmetrics.text_string_to_metric_families, "application/openmetrics-text", "OpenMetrics")):
        _, text = ask(port, "GET", "/metrics", headers={"Accept": accept})
        try:
            families = {family.name: family for family in parse(text)}
        except ValueError as error:
            check(False, f"/metrics as {kind}: {error}")
            continue
        counts = [s.value for s in families["http_server_request_duration_seconds"].samples
                  if s.name.endswith("_count") and s.labels["http_route"] == "predict" and s.labels["http_response_status_code"] == "200"]
        check(sum(counts) == 20, f"/metrics as {kind}: 20 predictions ({counts})")


def main():
    headroom, model, port = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 22100
    collector = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "spans.jsonl"
        environment = dict(os.environ, OTEL_SERVICE_NAME="iris", OTEL_RESOURCE_ATTRIBUTES="deployment.environment.name=a%20b",
                           OTEL_EXPORTER_OTLP_HEADERS="x-key=secret", OTEL_BSP_SCHEDULE_DELAY="200")
        process = subprocess.Popen([headroom, "serve", model, "--host", "127.0.0.1", "--port", str(port), "--trace-file", str(file),
                                    "--otlp", f"http://127.0.0.1:{collector.server_port}", "--drain", "0s"],
                                   env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_ready(port, process)
            for i in range(20):
                headers = {"Content-Type": "application/json"}
                if i == 0:
                    headers["traceparent"] = f"00-{TRACE}-{PARENT}-01"
                status, text = ask(port, "POST", "/predict", json.dumps({"features": [5.1, 3.5, 1.4, 0.2]}), headers)
                if status != 200:
                    check(False, f"/predict answers {status}: {text}")
            check(ask(port, "GET", "/health")[0] == 200, "/health answers 200")
            time.sleep(0.2)
            check_metrics(port)
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(timeout=20)
        check(code == 0, f"SIGTERM ends it with 0 ({code})")
        check(Collector.refused == 1 and bool(Collector.exports), "an export that was answered 503 came again")
        check(all(path == "/v1/traces" and head.get("Content-Type") == "application/x-protobuf" and head.get("x-key") == "secret"
                  for path, head in Collector.heads), "exports go to /v1/traces with their headers")
        sent = check_spans(Collector.exports, "protobuf")
        written = check_spans(read_file(file), "JSON Lines")
        check(sent == written and len(sent) >= 1 + 20 * 3 + 1, f"the collector and the file have the same spans ({len(sent)}, {len(written)})")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
