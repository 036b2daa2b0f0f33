/**
 * Figures of the benchmarks and of the training as series and rows.
 *
 * @module
 */
import type { MeasuredPass } from "../../bench/length_report.ts";
import { median } from "../../bench/measure.ts";
import { type Estimate, estimate } from "../../bench/table1/estimate.ts";
import type { Measured } from "../../bench/table1/measure_pattern.ts";
import type { Measured as MeasuredSummary } from "../../bench/table4/measure_summaries.ts";

/** A line of a chart. */
export interface ChartSeries {
  /** Its name. */
  readonly name: string;
  /** Points `[x, y]`, ascending in x. */
  readonly points: readonly (readonly [number, number])[];
}

/** A row of Table 1, with figures at 512 and at 4,096 tokens. */
export interface Table1Row {
  /** The attention. */
  readonly pattern: string;
  /** Bits per masked token. */
  readonly bits: readonly [Estimate, Estimate];
  /** Their change. */
  readonly change: Estimate;
  /** Part of the masked tokens that is predicted. */
  readonly correct: readonly [number, number];
  /** Seconds per window of 4,096 tokens. */
  readonly seconds: number;
  /** Peak memory of the process at 4,096 tokens. */
  readonly megabytes: number;
}

/** A row of Table 4. */
export interface Table4Row {
  /** Tokens of the document. */
  readonly tokens: number;
  /** The encoder's attention. */
  readonly pattern: string;
  /** Global tokens. */
  readonly globals: number;
  /** ROUGE-1, ROUGE-2 and ROUGE-L, 0 to 1. */
  readonly rouge: readonly Estimate[];
  /** Documents. */
  readonly documents: number;
}

/** Cost over length on a backend. */
export interface LengthData {
  /** Machine and date. */
  readonly machine: string;
  /** Seconds of a pass. */
  readonly seconds: readonly ChartSeries[];
  /** Megabytes beyond what is named in `base`. */
  readonly megabytes: readonly ChartSeries[];
  /** What megabytes are counted from. */
  readonly base: "the model" | "a first pass";
}

/** Everything that the charts show. */
export interface ChartData {
  /** Table 1. */
  readonly table1: { readonly machine: string; readonly rows: readonly Table1Row[] };
  /** Bits over length, for one book. */
  readonly bits: readonly ChartSeries[];
  /** Cost over length by backend. */
  readonly length: Readonly<Record<string, LengthData>>;
  /** Table 4. */
  readonly table4: { readonly machine: string; readonly rows: readonly Table4Row[] };
  /** Bits per masked token over millions of tokens seen in training. */
  readonly curve: readonly ChartSeries[];
}

/** Makes the rows of Table 1. */
export function table1Rows(measured: readonly Measured[]): Table1Row[] {
  return namesOf(measured).map((pattern) => {
    const [short, long] = [512, 4096].map((length) => {
      const found = measured.find((each) => each.pattern === pattern && each.length === length);
      if (!found) throw new RangeError(`Cannot show ${pattern}: it has no figures at ${length}`);
      return found;
    });
    const bits = [short, long].map(({ scores }) => scores.map((score) => score.bits));
    const correct = [short, long].map(({ scores }) =>
      estimate(scores.map(({ accuracy }) => accuracy)).mean
    );
    return {
      pattern,
      bits: [estimate(bits[0]), estimate(bits[1])],
      change: estimate(bits[1].map((value, i) => value - bits[0][i])),
      correct: [correct[0], correct[1]],
      seconds: median(long.scores.map(({ seconds }) => seconds)),
      megabytes: long.megabytes,
    };
  });
}

/** Makes the lines of bits over length. */
export function bitsSeries(measured: readonly Measured[]): ChartSeries[] {
  return namesOf(measured).map((name) => ({
    name,
    points: measured.filter(({ pattern }) => pattern === name).map(({ length, scores }) =>
      [length, estimate(scores.map(({ bits }) => bits)).mean] as const
    ),
  }));
}

/** Makes the lines of cost over length; a logarithmic axis leaves out what was too small to see. */
export function lengthData(passes: readonly MeasuredPass[]): LengthData {
  const lines = (value: "seconds" | "megabytes") =>
    namesOf(passes).map((name) => ({
      name,
      points: passes.filter((pass) => pass.pattern === name && pass[value] > 0)
        .map((pass) => [pass.tokens, pass[value]] as const),
    }));
  return {
    machine: [...new Set(passes.map(({ machine }) => machine))].join("; "),
    seconds: lines("seconds"),
    megabytes: lines("megabytes"),
    base: passes.some(({ sinceFirstPass }) => sinceFirstPass) ? "a first pass" : "the model",
  };
}

/** Makes the rows of Table 4. */
export function table4Rows(measured: readonly MeasuredSummary[]): Table4Row[] {
  return measured.map(({ tokens, pattern, globals, sentences }) => ({
    tokens,
    pattern,
    globals,
    rouge: (["rouge1", "rouge2", "rougeL"] as const).map((name) =>
      estimate(sentences.map((score) => score[name]))
    ),
    documents: sentences.length,
  }));
}

/**
 * Makes the lines of the training curve.
 *
 * @param csv Figures with a header line, written by `tools/train_model.py`.
 * @returns Bits over millions of tokens.
 * @throws {SyntaxError} If a column is missing.
 */
export function curveSeries(csv: string): ChartSeries[] {
  const [headings, ...rows] = csv.trim().split(/\r?\n/).map((line) => line.split(","));
  const column = (name: string) => {
    const index = headings.indexOf(name);
    if (index < 0) throw new SyntaxError(`Cannot draw the curve: it has no column ${name}`);
    return rows.map((row) => Number(row[index]));
  };
  const tokens = column("tokens");
  const series = (name: string, values: readonly number[]) => ({
    name,
    points: values.map((value, i) => [tokens[i] / 1e6, value] as const),
  });
  return [
    series("training, a mean", column("train_bits")),
    series("held-out books", column("valid_bits")),
  ];
}

function namesOf(measured: readonly { readonly pattern: string }[]): string[] {
  return [...new Set(measured.map(({ pattern }) => pattern))];
}
