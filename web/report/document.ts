// The document inside the page, as `headroom analyze --json` prints it (docs/analyze.md).
export type Cells = Record<string, number>;
export interface Evidence { what: string; value: number; unit: string; source: string }
export interface Gain { metric: string; from: number; to: number; low: number; high: number; model: string }
export interface Finding {
  cause: string; title: string; confidence: number; confirmed: boolean; part: string; at: string;
  evidence: Evidence[]; fix: string; gain: Gain | null;
}
export interface Part { name: string; verdict: string; confidence: number; cause: string }
export interface Step {
  part: string; label: string; users?: number; rate?: number; rps: number; requests: number; failures: number; seconds: number;
  mean_ms: number; p50_ms: number; p95_ms: number; p99_ms: number; max_ms: number; success: number;
  replicas_from: number; replicas_to: number; cells: Cells; unexplained_ms: number; server_known: boolean;
  start_s: number; steady_s: number; end_s: number; think_ms?: number; asked_rps?: number; cause: string; broke: string[];
  cpu: null | { cores: number; limit_cores: number; pod_limit_cores: number; busiest_share: number; throttled_share: number; us_per_request: number; predict_us: number; bytes_max: number };
  generator: null | { thread_share: number; cores: number; lag_p99_ms: number; throttled_share: number; samples_dropped: number };
  little: null | { in_flight: number; rate_times_latency: number; residual_share: number };
}
type Column = (number | null)[];
export interface Series {
  width_s: number; t_s: number[]; rps: Column; failures: Column; p50_ms: Column; p95_ms: Column; p99_ms: Column;
  users: Column; generator_cpu: Column; lag_p99_ms: Column;
}
export interface SlowPath {
  t_s: number; part: string; step: string; name: string; status: number; error: string; trace_id: string; body: string;
  latency_ms: number; cells: Cells;
}
export interface Report {
  verdict: string; caveat: string; confidence: number; slo: string; findings: Finding[]; parts: Part[]; steps: Step[]; series: Series;
  replicas: [number, number, number | null][]; events: { t_s: number; kind: string; text: string }[];
  slowest: SlowPath[]; errors: { step: string; error: string; count: number }[]; measured: Record<string, string>;
}
