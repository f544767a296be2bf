// The report page: verdict first, then the table, the findings, the run over time, and how it was measured.
import type { Cells, Finding, Part, Report, SlowPath, Step } from "./document";
import { details, el, table, type Child } from "./dom";
import { drawCharts } from "./charts";
import { bytes, clock, number, percent, spoken, time } from "./words";

// The cells in the order of the document, which is the order in time: a stage that the server has gained shows up by itself.
const cellNames = (report: Report): string[] => [...Object.keys(report.steps[0]?.cells ?? {}), "unexplained"];
const colour = (name: string): string => `background-color:var(--c-${name},var(--c-read))`;
const cellsOf = (step: Step): Cells => ({ ...step.cells, unexplained: step.unexplained_ms });
const tone = (cause: string): string => (cause === "none" ? "good" : cause === "unknown" || cause === "generator" ? "warn" : "bad");
const loadOf = (step: Step): string => step.label || (step.users ? number(step.users) + " users" : number(step.rate) + "/s");
const section = (id: string, title: string, ...children: Child[]): HTMLElement =>
  el("section", { "aria-labelledby": id + "-title" }, el("h2", { id: id + "-title" }, title), ...children);

function byPart(report: Report, rows: (step: Step) => Child[]): { name?: string; rows: Child[][] }[] {
  return report.parts.map((part) => ({ name: part.name, rows: report.steps.filter((s) => s.part === part.name).map(rows) }));
}

function header(report: Report): HTMLElement {
  const m = report.measured;
  const served = [...new Set(Object.keys(m).filter((key) => /(^|: )(model|url)$/.test(key)).map((key) => m[key]!))].join(", ");
  const what = [served, m["started"], m["headroom"] && "Headroom " + m["headroom"]].filter(Boolean).join(" · ");
  const verdict = (part: Part): HTMLElement =>
    el("div", { class: "verdict " + tone(part.cause) },
      part.name && el("div", { class: "part" }, part.name),
      el("p", { class: "says" }, part.verdict + "."),
      el("div", { class: "note" }, el("span", { class: "tag" }, part.cause === "none" ? "no bottleneck" : part.cause), ` · confidence ${percent(part.confidence)}`));
  return el("header", {}, el("div", { class: "top" }, el("h1", {}, "Headroom report"), el("span", {}, what)),
    report.caveat && el("p", { class: "lead" }, report.caveat),
    el("div", { class: "verdicts" }, ...report.parts.map(verdict)));
}

function results(report: Report): HTMLElement {
  const row = (s: Step): Child[] => {
    if (s.seconds <= 0 || s.requests <= 0) return [loadOf(s), "–", "–", "–", "–", "–", "–", "–", "not counted: no steady second"];
    const pods = s.replicas_from < 0 ? "–" : s.replicas_from === s.replicas_to ? number(s.replicas_to) : `${s.replicas_from} → ${s.replicas_to}`;
    return [loadOf(s), number(s.rps), time(s.mean_ms), time(s.p50_ms), time(s.p95_ms), time(s.p99_ms), percent(s.success), pods,
      el("span", {}, el("span", { class: "tag " + tone(s.cause) }, s.cause), s.broke.length > 0 && el("span", { class: "note" }, " " + s.broke.join("; ")))];
  };
  return el("section", { id: "results", "aria-labelledby": "results-title" }, el("h2", { id: "results-title" }, "Results"),
    el("p", { class: "lead" }, "The steady part of each load step", report.slo && `, held against ${report.slo}`, "."),
    table("Results by load step", ["load", "requests/s", "mean", "p50", "p95", "p99", "success", "pods", "bottleneck"], byPart(report, row), [8]));
}

function gainRow(finding: Finding): Child[] {
  const gain = finding.gain;
  if (!gain) return [];
  const top = Math.max(gain.high, gain.to, gain.from) || 1;
  const at = (v: number): string => `${((100 * v) / top).toFixed(2)}%`;
  const unit = gain.metric === "rps" ? "requests/s" : gain.metric;
  return [el("dt", {}, "Predicted gain"), el("dd", {}, `${number(gain.from)} → ${number(gain.to)} ${unit} (${number(gain.low)} to ${number(gain.high)})`,
    el("div", { class: "gainbar", role: "img", "aria-label": `from ${number(gain.from)} to ${number(gain.to)}, between ${number(gain.low)} and ${number(gain.high)}` },
      el("i", { class: "range", style: `left:${at(gain.low)};width:${at(gain.high - gain.low)}` }), el("i", { class: "now", style: `width:${at(gain.from)}` }),
      el("i", { class: "then", style: `left:${at(gain.to)}` })),
    el("div", { class: "note" }, gain.model + "."))];
}

function findings(report: Report): HTMLElement {
  const card = (f: Finding): HTMLElement => {
    const place = [f.part, f.at && "at " + f.at].filter(Boolean).join(", ");
    return el("article", { class: "finding " + tone(f.cause) }, el("h3", {}, f.title),
      el("div", { class: "meta" }, el("span", { class: "tag" }, f.cause), ` · confidence ${percent(f.confidence)}${f.confirmed ? ", confirmed by an intervention" : ""}${place && " · " + place}`),
      el("dl", {}, f.fix && el("dt", {}, f.cause === "none" ? "Next" : "Fix"), f.fix && el("dd", {}, f.fix), ...gainRow(f)),
      f.evidence.length > 0 && table("Evidence: " + f.title, ["evidence", "value", "from table"], [{ rows: f.evidence.map((e) => [e.what, `${number(e.value)} ${e.unit}`, el("code", {}, e.source)]) }], [2]));
  };
  return section("findings", "Findings", ...report.findings.map(card),
    el("p", { class: "note" }, "Confidence is the weight of the supporting facts that were recorded and hold, between 50 % and 95 %; docs/analyze.md has each rule."));
}

function overTime(report: Report): HTMLElement {
  const place = el("div", {});
  const s = report.series;
  const columns = ["time", "requests/s", "failed/s", "p50", "p95", "p99", "users"];
  const rows = s.t_s.map((t, i) => [clock(t), number(s.rps[i]), number(s.failures[i]), time(s.p50_ms[i]), time(s.p95_ms[i]), time(s.p99_ms[i]), number(s.users[i])]);
  const events = report.events.map((e) => [clock(e.t_s), e.kind, e.text]);
  const node = section("time", "Over time", el("p", { class: "lead" }, "Shaded bands are load steps. Every second counts here, ramps too."), place,
    events.length > 0 && details(`What happened to the replicas (${events.length})`, table("Replica and HPA events", ["time", "kind", "what"], [{ rows: events }], [1, 2])),
    details("The figures of the charts", table("Figures by second", columns, [{ rows }])));
  requestAnimationFrame(() => drawCharts(place, report));
  return node;
}

const segment = (name: string, share: number, ms: number): HTMLElement =>
  el("i", { class: "c-" + name, style: `flex:${Math.max(share, 0).toFixed(5)} 0 0;${colour(name)}`, title: `${spoken(name)} ${time(ms)}` });

function legend(used: string[]): HTMLElement {
  return el("ul", { class: "legend" }, ...used.map((name) => el("li", {}, el("i", { class: "c-" + name, style: colour(name) }), spoken(name))));
}

function breakdown(report: Report): HTMLElement {
  const steps = report.steps.filter((s) => s.requests > 0);
  const names = cellNames(report);
  const used = names.filter((name) => steps.some((s) => Math.abs(cellsOf(s)[name] ?? 0) > 0.002 * s.mean_ms));
  const lines = report.parts.flatMap((part) => [part.name && el("div", { class: "of" }, part.name), ...steps.filter((s) => s.part === part.name).flatMap((s) => {
    const cells = cellsOf(s);
    const spokenBar = used.map((name) => `${spoken(name)} ${time(cells[name])}`).join(", ");
    return [el("span", {}, loadOf(s)),
      el("div", { class: "bar", role: "img", "aria-label": `Mean latency at ${loadOf(s)}: ${spokenBar}` }, ...used.map((name) => segment(name, (cells[name] ?? 0) / (s.mean_ms || 1), cells[name] ?? 0))),
      el("span", { class: "mean" }, time(s.mean_ms))];
  })]);
  const row = (s: Step): Child[] => [loadOf(s), time(s.mean_ms), ...names.map((name) => time(cellsOf(s)[name])), s.little ? percent(s.little.residual_share) : "–"];
  return section("cells", "Where the time went",
    el("p", { class: "lead" }, "Mean latency of each step, every millisecond in one cell; what no measurement claims is unexplained and shown, not spread. Network and kernel is what the server’s own clock did not see; while a CPU limit stops a pod, its requests wait there."),
    legend(used), el("div", { class: "stack" }, ...lines),
    details("The same as a table, with Little’s law", table("Mean latency by cell", ["load", "mean", ...names.map(spoken), "Little’s law off by"], byPart(report, row))));
}

function slowest(report: Report): HTMLElement | null {
  if (report.slowest.length === 0) return null;
  const longest = report.slowest[0]!.latency_ms || 1;
  const used = cellNames(report).filter((name) => report.slowest.some((p) => (p.cells[name] ?? 0) > 0));
  const line = (p: SlowPath): HTMLElement => {
    const facts = [p.name, p.error || (p.status ? `HTTP ${p.status}` : "no answer"), [p.part, p.step].filter(Boolean).join(", "), "at " + clock(p.t_s)].filter(Boolean).join(" · ");
    const spokenPath = used.map((name) => `${spoken(name)} ${time(p.cells[name] ?? 0)}`).join(", ");
    const sent = [p.trace_id && `trace ${p.trace_id}`, p.body].filter(Boolean).join("\n");
    return el("li", {}, el("div", { class: "row" }, el("b", {}, time(p.latency_ms)), el("span", {}, facts)),
      el("div", { class: "path", role: "img", "aria-label": spokenPath, style: `width:${Math.max(2, (100 * p.latency_ms) / longest).toFixed(2)}%` },
        ...used.map((name) => segment(name, (p.cells[name] ?? 0) / (p.latency_ms || 1), p.cells[name] ?? 0))),
      sent && details("trace and input", el("pre", {}, sent)));
  };
  return section("slowest", "Slowest requests", el("p", { class: "lead" }, "Of those recorded one by one, from the intended time to the last byte."), legend(used),
    el("ol", { class: "slow" }, ...report.slowest.map(line)));
}

function machines(report: Report): HTMLElement {
  const row = (s: Step): Child[] => [loadOf(s),
    s.generator ? percent(s.generator.thread_share) : "–", time(s.generator?.lag_p99_ms), s.mean_ms ? percent((s.cells["generator_lag"] ?? 0) / s.mean_ms) : "–",
    s.cpu ? number(s.cpu.cores * 1000) + "m" : "–", s.cpu && s.cpu.limit_cores > 0 ? percent(s.cpu.cores / s.cpu.limit_cores) : "–",
    s.cpu && s.cpu.limit_cores > 0 ? percent(s.cpu.throttled_share) : "–", s.cpu ? number(s.cpu.us_per_request) + "\u2009µs" : "–", s.cpu ? bytes(s.cpu.bytes_max) : "–"];
  const limits = report.measured["limits"];
  return section("machines", "Generator and pods",
    el("p", { class: "lead" }, "A generator that is late or out of CPU measures itself; then the report says so instead of blaming the service.",
      limits && limits !== "none" && ` CPU limits of the pods: ${limits}.`),
    table("Generator health and CPU by step", ["load", "generator thread", "send lag p99", "lag of the mean", "pods’ CPU", "of their limit", "throttled", "CPU a request", "largest pod"], byPart(report, row)),
    report.errors.length > 0 && table("Errors", ["error", "step", "count"], [{ rows: report.errors.map((e) => [e.error, e.step, number(e.count)]) }], [1]));
}

function measured(report: Report): HTMLElement {
  const facts = Object.entries(report.measured).flatMap(([key, value]) => [el("dt", {}, spoken(key)), el("dd", {}, value.length > 60 ? el("code", {}, value) : value)]);
  return section("measured", "How it was measured", el("dl", { class: "facts" }, ...facts));
}

function show(report: Report): void {
  document.title = "Headroom: " + report.verdict;
  const page = document.getElementById("page")!;
  page.replaceChildren();
  for (const part of [header(report), results(report), findings(report), overTime(report), breakdown(report), slowest(report), machines(report), measured(report)]) {
    if (part) page.append(part);
  }
  page.append(el("footer", {}, "Made by headroom from the run file beside it; headroom analyze run.db makes it again. This page asks nothing of any other host."));
}

show(JSON.parse(document.getElementById("report")!.textContent!) as Report);
