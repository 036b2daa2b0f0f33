/**
 * Attention patterns as SVG.
 *
 * @module
 */
import { wrap } from "../base/wrap.ts";
import type { AttentionPattern } from "./attention_pattern.ts";
import { type Layout, layOut, SQUARE } from "./layout.ts";
import { type Rectangle, rectanglesOf } from "./rectangles.ts";
import { amount, type PatternSummary, summarizePattern, summaryLine } from "./summary.ts";
import type { KeyKind, Run } from "./visible_keys.ts";

/** A palette for colour-blind readers (Okabe and Ito, 2008), and lighter shades of it. */
const COLOURS: Readonly<Record<KeyKind, readonly [key: string, reach: string]>> = {
  global: ["#e69f00", "#f7dca6"],
  sparse: ["#009e73", "#a6ddcd"],
  local: ["#0072b2", "#a6cde4"],
  random: ["#cc79a7", "#eed3e2"],
  near: ["#0072b2", "#a6cde4"],
  far: ["#cc79a7", "#eed3e2"],
  full: ["#0072b2", "#a6cde4"],
};
const [PAPER, EMPTY, INK, FAINT] = ["#ffffff", "#f1f1f1", "#222222", "#666666"];

/** Left edge of the square, and width of the document. */
const [LEFT, WIDTH] = [84, 800];

/** Least cell or block size, in pixels, that gets grid lines. */
const GRID_CELL = 5;

/** With more rectangles, or narrower ones, the reach of the entries is drawn instead. */
const [MOST_RECTANGLES, NARROWEST] = [15_000, 0.5];

/** Non-breaking space. */
const NO_BREAK = "\u00a0";

/** Least thickness of a global token's row or column, so that it shows in a long text. */
const THINNEST_GLOBAL = 1.5;

/** Rectangles in one colour. */
interface Layer {
  readonly kind: KeyKind;
  readonly colour: string;
  readonly rectangles: readonly Rectangle[];
  readonly text: string;
  /** Whether these are the keys, not just the columns that they are chosen from. */
  readonly counted: boolean;
  /** Explains why the keys themselves are not drawn. */
  readonly note?: string;
}

/**
 * Draws which keys (columns) each query (row) sees.
 *
 * Each cell is a query-key pair. If an entry stands for several tokens, their columns are drawn
 * lighter.
 *
 * @param pattern The pattern.
 * @returns An SVG document, 800 pixels wide.
 */
export function patternSvg(pattern: AttentionPattern): string {
  const layout = layOut(pattern);
  const layers = layersOf(pattern, layout);
  const summary = summarizePattern(pattern);
  const parameters = Object.entries(pattern.parameters).map(([key, value]) => `${key} ${value}`);
  // Break lines only between parameters.
  const subtitle = wrap(
    parameters.map((p) => p.replaceAll(" ", NO_BREAK)).join(`${NO_BREAK}· `),
    90,
  );
  const top = 100 + 18 * subtitle.length;
  const legend = legendOf(layers, summary, top + SQUARE + 34);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${legend.end}" ` +
    `width="${WIDTH}" height="${legend.end}" role="img" font-family="system-ui, sans-serif" ` +
    `fill="${INK}">`,
    `<title>${escape(`${pattern.name}: which keys each query sees`)}</title>`,
    `<desc>${escape(describe(parameters, layers, summary))}</desc>`,
    `<rect width="${WIDTH}" height="${legend.end}" rx="8" fill="${PAPER}"/>`,
    text(LEFT, 36, pattern.name, 'font-size="20" font-weight="600"'),
    ...subtitle.map((line, i) => text(LEFT, 59 + 18 * i, line, `font-size="12" fill="${FAINT}"`)),
    `<g transform="translate(${LEFT} ${top})">`,
    ...axes(pattern, layout),
    `<path d="${zones(pattern, layout)}" fill="${EMPTY}"/>`,
    // In reverse, so that keys cover the columns that they are chosen from.
    ...layers.toReversed().map(({ kind, colour, counted, rectangles }) =>
      `<path class="${counted ? kind : `${kind}-reach`}" fill="${colour}" ` +
      `d="${pathOf(rectangles, layout, kind === "global" ? THINNEST_GLOBAL : 0)}"/>`
    ),
    ...grid(pattern, layout),
    "</g>",
    ...legend.lines,
    "</svg>",
    "",
  ].join("\n");
}

function describe(
  parameters: readonly string[],
  layers: readonly Layer[],
  summary: PatternSummary,
): string {
  const kinds = layers.map(({ kind, text, note }) => `${kind}: ${text}${note ? `, ${note}` : ""}.`);
  return `Rows are queries, columns are keys. Parameters: ${parameters.join(", ")}. ` +
    `${kinds.join(" ")} ${summaryLine(summary)}.`;
}

/** Lines below the square, and the y coordinate of their end. */
function legendOf(
  layers: readonly Layer[],
  summary: PatternSummary,
  top: number,
): { lines: string[]; end: number } {
  const lines: string[] = [];
  let y = top;
  for (const { kind, colour, text: words, counted, note } of layers) {
    lines.push(
      `<rect x="${LEFT}" y="${y - 11}" width="14" height="14" fill="${colour}"/>`,
      text(LEFT + 24, y, counted ? `${kind}: ${words}` : words, 'font-size="13"'),
    );
    if (counted) {
      const mean = `mean ${amount(summary.mean_by_kind[kind] ?? 0)} keys`;
      lines.push(text(LEFT + SQUARE, y, mean, 'font-size="13" text-anchor="end"'));
    }
    y += 24;
    if (!note) continue;
    lines.push(text(LEFT + 24, y - 5, note, `font-size="12" fill="${FAINT}"`));
    y += 18;
  }
  lines.push(text(LEFT, y + 6, summaryLine(summary), 'font-size="13" font-weight="600"'));
  return { lines, end: y + 30 };
}

/** A layer for each kind of key, followed by one for its reach if both are drawn. */
function layersOf(pattern: AttentionPattern, layout: Layout): Layer[] {
  return (Object.keys(pattern.legend) as KeyKind[]).flatMap((kind) => {
    const { text, reach } = pattern.legend[kind]!;
    const [colour, light] = COLOURS[kind];
    const keys = { kind, colour, text, rectangles: rectanglesOf(pattern, layout, kind, false) };
    const made = rectanglesOf(pattern, layout, kind, true);
    if (made.length === 0 || areVisible(keys.rectangles, layout)) {
      const whole = { ...keys, counted: true };
      if (!reach) return [whole];
      return [whole, { kind, colour: light, text: reach, rectangles: made, counted: false }];
    }
    const note = keys.rectangles.length === 0
      ? "drawn lighter: all tokens that entries are made from"
      : "drawn lighter: all tokens that entries are chosen from, as single ones are too thin";
    return [{ kind, colour: light, text, rectangles: made, counted: true, note }];
  });
}

function areVisible(rectangles: readonly Rectangle[], layout: Layout): boolean {
  const columns = rectangles.reduce((sum, { columns: [start, end] }) => sum + end - start, 0);
  return rectangles.length > 0 && rectangles.length <= MOST_RECTANGLES &&
    layout.cell * columns / rectangles.length >= NARROWEST;
}

function pathOf(rectangles: readonly Rectangle[], layout: Layout, thinnest = 0): string {
  return rectangles.map(({ rows, columns }) => {
    const [x, width] = extent(columns, layout, thinnest);
    const [y, height] = extent(rows, layout, thinnest);
    return `M${x} ${y}h${width}v${height}h${-width}z`;
  }).join("");
}

/** Start and length in pixels. */
function extent([start, end]: Run, layout: Layout, thinnest: number): [number, number] {
  const from = layout.start(start);
  return [round(from), round(Math.max(layout.end(end) - from, thinnest))];
}

/** Background of global tokens and text, without the gaps between them. */
function zones({ globals, tokens }: AttentionPattern, layout: Layout): string {
  const all = [[0, globals], [globals, globals + tokens]] as const;
  const ranges = all.filter(([start, end]) => end > start);
  return pathOf(ranges.flatMap((rows) => ranges.map((columns) => ({ rows, columns }))), layout);
}

/** Lines between cells and between blocks, if these are large enough. */
function grid({ globals, tokens, block }: AttentionPattern, layout: Layout): string[] {
  const lines = (every: number, first: number, last: number) => {
    let path = "";
    for (let index = first; index <= last; index += every) {
      const at = round(layout.start(index));
      path += `M0 ${at}H${SQUARE}M${at} 0V${SQUARE}`;
    }
    return path;
  };
  const cells = layout.cell < GRID_CELL ? [] : [
    `<path class="cells" stroke="${PAPER}" d="${lines(1, 0, globals + tokens)}"/>`,
  ];
  const blocks = !block || block * layout.cell < GRID_CELL ? [] : [
    `<path class="blocks" stroke="${INK}" stroke-opacity="0.35" stroke-width="0.75" ` +
    `d="${lines(block, globals, globals + tokens)}"/>`,
  ];
  return [...cells, ...blocks];
}

/** Axis titles and token numbers. */
function axes({ globals, tokens, block = 1 }: AttentionPattern, layout: Layout): string[] {
  let every = block;
  while (tokens / every > 10) every *= 2;
  const numbers = [];
  for (let token = 0; token < tokens; token += every) {
    const at = round(layout.start(globals + token) + Math.min(layout.cell, 10) / 2);
    const small = `font-size="11" fill="${FAINT}"`;
    numbers.push(
      text(at, -8, String(token), `${small} text-anchor="middle"`),
      text(-8, at + 4, String(token), `${small} text-anchor="end"`),
    );
  }
  return [
    text(SQUARE / 2, -28, "key →", `font-size="13" text-anchor="middle"`),
    text(
      0,
      0,
      "← query",
      `font-size="13" text-anchor="middle" ` +
        `transform="translate(-50 ${SQUARE / 2}) rotate(-90)"`,
    ),
    ...numbers,
  ];
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escape(content)}</text>`;
}

function escape(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function round(pixels: number): number {
  return Math.round(pixels * 100) / 100;
}
