/**
 * Table and pictures of passkey retrieval.
 *
 * @module
 */
import type { SelfExtendSettings } from "../../attention/mod.ts";
import { drawLineChart } from "../../picture/line_chart.ts";
import { formatTable } from "../table.ts";
import type { PositionBits } from "./bits.ts";
import { drawHeatMaps } from "./heat_map.ts";

/** Keys found by a variant in texts of a length. */
export interface Found {
  /** The variant's name. */
  readonly variant: string;
  /** Most tokens of a prompt and its answer. */
  readonly tokens: number;
  /** Group and window, if any. */
  readonly self_extend: SelfExtendSettings | null;
  /** Share of right answers at each depth. */
  readonly depths: readonly number[];
  /** All answers, depth by depth. */
  readonly answers: readonly string[];
}

/** Bits of a variant. */
export interface Bits {
  /** The variant's name. */
  readonly variant: string;
  /** Bits over position. */
  readonly positions: readonly PositionBits[];
}

/** Results of a run, as stored. */
export interface Results {
  /** The model's folder or name. */
  readonly model: string;
  /** Tokens that it was trained on. */
  readonly trained: number;
  /** Backend and type of weights. */
  readonly device: string;
  /** Prompts of each length. */
  readonly prompts: number;
  /** Keys found. */
  readonly found: readonly Found[];
  /** Bits over position; none if they were not measured. */
  readonly bits: readonly Bits[];
}

/**
 * The share of keys found at all depths.
 *
 * @param found Keys found.
 * @returns The mean over depths.
 */
export function shareOf({ depths }: Found): number {
  return depths.reduce((a, b) => a + b, 0) / depths.length;
}

/**
 * Formats the table: a row for each length, a column for each variant, groups in brackets.
 *
 * @param found Every variant at every length.
 * @returns Lines.
 */
export function formatFound(found: readonly Found[]): string[] {
  const variants = unique(found.map(({ variant }) => variant));
  const lengths = unique(found.map(({ tokens }) => tokens));
  const rows = lengths.map((tokens) => [
    tokens.toLocaleString("en"),
    ...variants.map((variant) => {
      const cell = pick(found, variant, tokens);
      const group = cell.self_extend && !variant.includes("G")
        ? ` (${cell.self_extend.group_size})`
        : "";
      return `${shareOf(cell).toFixed(2)}${group}`;
    }),
  ]);
  const isGrouped = found.some(({ self_extend, variant }) => self_extend && !variant.includes("G"));
  const heading = (name: string) => isGrouped && /^w \d+$/.test(name) ? `${name} (G)` : name;
  return formatTable(["tokens", ...variants.map(heading)], rows);
}

/**
 * Draws a heat map for each variant.
 *
 * @param results A run.
 * @returns An SVG document.
 */
export function drawFound({ model, trained, prompts, found }: Results): string {
  const variants = unique(found.map(({ variant }) => variant));
  const lengths = unique(found.map(({ tokens }) => tokens));
  return drawHeatMaps({
    title: "Pass keys found, by length of the text and depth of the key",
    subtitle: `${nameOf(model)}, trained on ${trained.toLocaleString("en")} tokens; per cent of ` +
      `${prompts} keys a length, by greedy search`,
    lengths,
    maps: variants.map((variant) => {
      const cells = lengths.map((tokens) => pick(found, variant, tokens));
      return {
        name: variant.startsWith("w ") ? `Self-Extend, ${variant}` : TITLES[variant] ?? variant,
        columns: cells.map(({ depths }) => depths),
        notes: cells.map(({ self_extend }) => self_extend ? `G ${self_extend.group_size}` : ""),
      };
    }),
  });
}

const TITLES: Readonly<Record<string, string>> = {
  full: "full attention",
  linear: "positions divided (linear)",
};

/**
 * Draws bits over position.
 *
 * @param results A run with bits.
 * @returns An SVG document.
 */
export function drawBits({ model, trained, bits }: Results): string {
  return drawLineChart({
    title: "Bits a token over its position, unseen books",
    xLabel: `position; ${nameOf(model)} was trained on ${trained.toLocaleString("en")} tokens`,
    yLabel: "bits",
    xScale: "linear",
    yScale: "linear",
    series: bits.map(({ variant, positions }) => ({
      name: variant.startsWith("w ") ? `Self-Extend, ${variant}` : variant,
      points: positions.map(({ first, end, bits }) => [(first + end) / 2, bits]),
    })),
  });
}

/**
 * Formats bits: a row for each range of positions, twice as long as the one before.
 *
 * @param bits Every variant over the same ranges of positions.
 * @param trained Tokens that the model was trained on.
 * @returns Lines.
 */
export function formatBits(bits: readonly Bits[], trained: number): string[] {
  const end = bits[0].positions.at(-1)!.end;
  const starts = [0];
  for (let start = trained; start < end; start *= 2) starts.push(start);
  const rows = starts.map((start, i) => {
    const stop = Math.min(end, starts[i + 1] ?? end);
    return [
      `${start.toLocaleString("en")} to ${stop.toLocaleString("en")}`,
      ...bits.map(({ positions }) => {
        const inside = positions.filter(({ first, end }) => first >= start && end <= stop);
        const tokens = inside.reduce((sum, { first, end }) => sum + end - first, 0);
        const sum = inside.reduce((sum, { first, end, bits }) => sum + bits * (end - first), 0);
        return (sum / tokens).toFixed(2);
      }),
    ];
  });
  return formatTable(["positions", ...bits.map(({ variant }) => variant)], rows);
}

function pick(found: readonly Found[], variant: string, tokens: number): Found {
  return found.find((each) => each.variant === variant && each.tokens === tokens)!;
}

function nameOf(model: string): string {
  return model.split(/[/\\]/).filter((part) => part !== "").at(-1)!;
}

function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}
