// The run over time: four charts that share one time axis and one cursor.
import uPlot from "uplot";
import type { Report, Step } from "./document";
import { el, token } from "./dom";
import { number, time, percent } from "./words";

interface Line { label: string; colour: string; values: (number | null)[]; format: (v: number) => string; stepped?: boolean; dash?: number[]; scale?: string }
interface Chart { title: string; unit: string; describe: string; x: number[]; lines: Line[]; log?: boolean; marks?: number[] }

/// Load steps as bands behind the lines, alternating; HPA decisions as ticks at the top.
function backdrop(steps: Step[], marks: number[]): uPlot.Plugin {
  const draw = (u: uPlot): void => {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.fillStyle = token("--band");
    steps.forEach((step, i) => {
      if (i % 2) return;
      const from = u.valToPos(step.start_s, "x", true), to = u.valToPos(step.end_s, "x", true);
      ctx.fillRect(from, bbox.top, to - from, bbox.height);
    });
    ctx.fillStyle = token("--s3");
    for (const mark of marks) {
      const x = u.valToPos(mark, "x", true), size = 5 * devicePixelRatio;
      ctx.beginPath();
      ctx.moveTo(x - size, bbox.top);
      ctx.lineTo(x + size, bbox.top);
      ctx.lineTo(x, bbox.top + 1.6 * size);
      ctx.fill();
    }
    ctx.restore();
  };
  return { hooks: { drawClear: draw } };
}

function axes(chart: Chart): uPlot.Axis[] {
  const look = { stroke: token("--soft"), grid: { stroke: token("--line"), width: 1 }, ticks: { stroke: token("--line"), width: 1 }, font: "12px system-ui, sans-serif" };
  const format = chart.lines[0]!.format;
  return [
    { ...look, values: (_u, splits) => splits.map((s) => number(s) + " s") },
    { ...look, size: 66, values: (_u, splits) => splits.map((v) => (v === null ? "" : format(v))) },
  ];
}

function options(chart: Chart, width: number, steps: Step[]): uPlot.Options {
  const paths = uPlot.paths.stepped!({ align: 1 });
  const highest = Math.max(1, ...chart.lines.flatMap((line) => line.values.filter((v): v is number => v !== null)));
  return {
    width, height: 190, axes: axes(chart), plugins: [backdrop(steps, chart.marks ?? [])],
    cursor: { sync: { key: "time" }, points: { size: 6 }, drag: { x: false, y: false } },
    scales: { x: { time: false }, y: chart.log ? { distr: 3, log: 10 } : { range: [0, highest * 1.12] } },
    series: [
      { label: "time", value: (_u, v) => (v === null ? "–" : number(v) + " s") },
      ...chart.lines.map((line) => ({
        label: line.label, stroke: token(line.colour), width: 1.75, points: { show: false }, spanGaps: false,
        ...(line.dash ? { dash: line.dash } : {}), ...(line.stepped ? { paths } : {}),
        value: (_u: uPlot, v: number | null) => (v === null || v === undefined ? "–" : line.format(v)),
      })),
    ],
  };
}

/// Gaps longer than two points (between the parts of an experiment) break the lines.
function withGaps(x: number[], columns: (number | null)[][], width: number): [number[], (number | null)[][]] {
  const outX: number[] = [], out = columns.map((): (number | null)[] => []);
  x.forEach((t, i) => {
    const before = x[i - 1];
    if (before !== undefined && t - before > 2.5 * width) {
      outX.push(before + width);
      out.forEach((column) => column.push(null));
    }
    outX.push(t);
    out.forEach((column, c) => column.push(columns[c]![i] ?? null));
  });
  return [outX, out];
}

function charts(report: Report): Chart[] {
  const s = report.series;
  const rate = (v: number): string => number(v) + "/s";
  const list: { title: string; unit: string; describe: string; lines: Line[]; log?: boolean }[] = [
    { title: "Rate", unit: "requests a second, and those that failed", describe: "Requests a second over the run", lines: [
      { label: "requests", colour: "--s1", values: s.rps, format: rate }, { label: "failed", colour: "--s3", values: s.failures, format: rate }] },
    { title: "Latency", unit: "from the intended time of each request; logarithmic", describe: "Latency percentiles over the run", log: true, lines: [
      { label: "p50", colour: "--s1", values: s.p50_ms, format: time }, { label: "p95", colour: "--s2", values: s.p95_ms, format: time }, { label: "p99", colour: "--s3", values: s.p99_ms, format: time }] },
    { title: "Users", unit: "running", describe: "Users over the run", lines: [{ label: "users", colour: "--s1", values: s.users, format: number }] },
    { title: "Generator", unit: "CPU of a generator thread, of one core; from 90 % on its figures are not believed", describe: "CPU share of the load generator over the run", lines: [
      { label: "CPU", colour: "--s4", values: s.generator_cpu, format: percent }] },
  ];
  const drawn: Chart[] = list.filter(({ lines }) => lines.some(({ values }) => values.some((v) => v !== null && v > 0))).map((chart) => {
    const [x, columns] = withGaps(s.t_s, chart.lines.map((line) => line.values), s.width_s);
    return { ...chart, x, lines: chart.lines.map((line, i) => ({ ...line, values: columns[i]! })) };
  });
  if (report.replicas.length > 0) {
    const end = s.t_s.at(-1) ?? 0, last = report.replicas.at(-1)!;
    const points = [...report.replicas, ...(last[0] < end ? [[end, last[1], last[2]] as const] : [])].filter(([t]) => t >= (s.t_s[0] ?? 0) - 1 && t <= end + 1);
    drawn.splice(3, 0, {
      title: "Replicas", unit: report.events.some((e) => e.kind === "hpa") ? "ready, and what the HPA wanted; ▾ marks its decisions" : "ready", describe: "Ready and desired replicas over the run",
      x: points.map((p) => p[0]), marks: report.events.filter((e) => e.kind === "hpa" && e.text.includes("→")).map((e) => e.t_s),
      lines: [{ label: "ready", colour: "--s1", values: points.map((p) => p[1]), format: number, stepped: true },
              { label: "desired", colour: "--s2", values: points.map((p) => p[2]), format: number, stepped: true, dash: [5, 4] }].filter((line) => line.label === "ready" || points.some((p) => p[2] !== null)),
    });
  }
  return drawn;
}

/// Draws into `place`, again whenever the width or the theme changes.
export function drawCharts(place: HTMLElement, report: Report): void {
  const range: [number, number] = [Math.min(0, report.series.t_s[0] ?? 0), Math.max(1, report.series.t_s.at(-1) ?? 1)];
  const slots = charts(report).map((chart) => {
    const slot = el("div", { class: "chart", role: "img", "aria-label": chart.describe + "; the figures stand in the table below" });
    place.append(el("figure", {}, el("figcaption", {}, chart.title + " ", el("span", {}, chart.unit)), slot));
    return { chart, slot, plot: null as uPlot | null };
  });
  const draw = (): void => {
    for (const entry of slots) {
      entry.plot?.destroy();
      const look = options(entry.chart, Math.max(240, entry.slot.clientWidth), report.steps);
      look.scales!.x = { time: false, range };
      entry.plot = new uPlot(look, [entry.chart.x, ...entry.chart.lines.map((line) => line.values)] as uPlot.AlignedData, entry.slot);
    }
  };
  draw();
  let width = place.clientWidth;
  new ResizeObserver(() => {
    if (place.clientWidth === width) return;
    width = place.clientWidth;
    draw();
  }).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  const paper = (on: boolean) => (): void => {
    document.documentElement.classList.toggle("print", on);
    draw();
  };
  addEventListener("beforeprint", paper(true));
  addEventListener("afterprint", paper(false));
}
