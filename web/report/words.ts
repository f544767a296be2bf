// Figures as the terminal and markdown write them (src/analyze/words.cc).
export function number(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 9999.5) return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, "\u2009");
  if (size >= 99.95 || size === 0) return value.toFixed(0);
  const text = value.toFixed(size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3);
  return text.replace(/\.?0+$/, "");
}

export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined) return "–";
  const value = share * 100;
  return (value > 99 && value < 100 ? (Math.floor(value * 100) / 100).toFixed(2) : number(value)) + "\u2009%";
}

export function time(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "–";
  const size = Math.abs(ms);
  if (ms !== 0 && size < 0.9995) return number(ms * 1e3) + "\u2009µs";
  return size >= 9999.5 ? number(ms / 1e3) + "\u2009s" : number(ms) + "\u2009ms";
}

export const clock = (s: number): string => number(Math.round(s * 10) / 10) + "\u2009s";

export function bytes(n: number): string {
  return n >= 1 << 20 ? number(n / (1 << 20)) + "\u2009MiB" : number(n / 1024) + "\u2009KiB";
}

const NAMES: Record<string, string> = { generator_lag: "generator lag", network: "network and kernel" };
export const spoken = (name: string): string => NAMES[name] ?? name.replaceAll("_", " ");
