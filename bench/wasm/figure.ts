/**
 * Figures of the wasm floor, and the lines that show them.
 *
 * @module
 */

/** What is measured together, as it is compared. */
export interface Figure {
  /** What `--only` finds it by. */
  readonly name: string;
  /**
   * Measures.
   *
   * @param limit What a thread does at best, in GFLOPS.
   * @returns Lines of the table.
   */
  readonly run: (limit: number) => Promise<Row[]>;
}

/** A line of the table. */
export type Row = readonly [
  what: string,
  threads: string,
  seconds: string,
  gflops: string,
  reached: string,
  wanted: string,
];

/** Headings of the table. */
export const HEADINGS = ["operation", "threads", "seconds", "GFLOPS", "reached", "wanted"];

/** A time. */
export interface Speed {
  /** What was done. */
  readonly what: string;
  /** By how many threads. */
  readonly threads: number;
  /** How long it took. */
  readonly seconds: number;
  /** Multiplications and additions of its matrix products. */
  readonly flop: number;
}

/**
 * A line about a time, held against what its threads do at best.
 *
 * @param speed What took how long.
 * @param limit What a thread does at best, in GFLOPS.
 * @param wanted The share of it that is wanted, in percent; absent where nothing is.
 * @returns The line.
 */
export function speedRow(
  { what, threads, seconds, flop }: Speed,
  limit: number,
  wanted?: number,
): Row {
  const gflops = flop / seconds / 1e9;
  const share = percent(gflops / (limit * threads));
  const goal = wanted === undefined ? "" : `≥ ${wanted} %`;
  return [what, String(threads), seconds.toFixed(3), gflops.toFixed(1), share, goal];
}

/**
 * A line about a ratio of times.
 *
 * @param what What is divided by what.
 * @param reached The ratio.
 * @param wanted What is wanted of it.
 * @returns The line.
 */
export function ratioRow(what: string, reached: string, wanted: string): Row {
  return [`  ${what}`, "", "", "", reached, wanted];
}

/**
 * A share for people.
 *
 * @param share 1 is all.
 * @returns Percent.
 */
export function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
