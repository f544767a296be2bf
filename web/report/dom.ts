// Elements from plain values. Text only ever becomes text: nothing here reads HTML.
export type Child = Node | string | number | null | undefined | false;

export function el(tag: string, attributes: Record<string, string> = {}, ...children: Child[]): HTMLElement {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    node.append(typeof child === "number" ? String(child) : child);
  }
  return node;
}

/// A table that scrolls by itself on a narrow screen. Each row's first cell is its header. `left`: columns that hold text.
export function table(label: string, head: string[], groups: { name?: string; rows: Child[][] }[], left: number[] = []): HTMLElement {
  const side = (i: number): Record<string, string> => (left.includes(i) ? { class: "left wrap" } : {});
  const top = el("tr", {}, ...head.map((text, i) => el("th", { scope: "col", ...side(i) }, text)));
  const bodies = groups.map(({ name, rows }) => {
    const lines = rows.map((cells) => el("tr", {}, ...cells.map((cell, i) => (i === 0 ? el("th", { scope: "row" }, cell) : el("td", side(i), cell)))));
    const title = name ? [el("tr", { class: "group" }, el("th", { scope: "rowgroup", colspan: String(head.length) }, name))] : [];
    return el("tbody", {}, ...title, ...lines);
  });
  return el("div", { class: "scroll", role: "region", "aria-label": label, tabindex: "0" }, el("table", {}, el("thead", {}, top), ...bodies));
}

export const details = (summary: string, ...children: Child[]): HTMLElement => el("details", {}, el("summary", {}, summary), ...children);

export const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
