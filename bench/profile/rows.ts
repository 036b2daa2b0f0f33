/**
 * Timed operations as a table.
 *
 * @module
 */
import { KERNELS } from "../../wasm/kernels.ts";
import { NUMBERS } from "../../wasm/machine/numbers.ts";
import { median } from "../measure.ts";
import type { TimedCall } from "./timed_workers.ts";

/** Sums over calls of the same operation with the same sizes. */
export interface OperationTime {
  /** Name and sizes. */
  readonly what: string;
  /** Number of calls. */
  readonly calls: number;
  /** Seconds from the first thread's start to the last one's end. */
  readonly seconds: number;
  /** Seconds that each thread ran. */
  readonly busy: readonly number[];
  /** Multiplications and additions of matrix products. */
  readonly flop: number;
}

/**
 * Makes the headings of the table.
 *
 * @param threads Number of threads.
 * @returns One for each cell of {@linkcode formatProfile}.
 */
export function headings(threads: number): string[] {
  const busy = Array.from({ length: threads }, (_, i) => `thread ${i + 1}`);
  return ["operation", "calls", "s", "of all", ...busy, "waiting", "of peak"];
}

/**
 * Sums calls by operation.
 *
 * @param calls The calls of a pass.
 * @param attendFlop Operations of a call of attention, which its arguments do not tell.
 * @returns Each operation, those that threads ran longest first.
 */
export function sumOperations(calls: readonly TimedCall[], attendFlop: number): OperationTime[] {
  const sums = new Map<string, OperationTime>();
  for (const { operation, words, threads } of calls) {
    const { what, flop } = describe(operation, words, attendFlop);
    const start = Math.min(...threads.map(({ start }) => start));
    const end = Math.max(...threads.map(({ end }) => end));
    const sum = sums.get(what) ??
      { what, calls: 0, seconds: 0, busy: threads.map(() => 0), flop: 0 };
    sums.set(what, {
      what,
      calls: sum.calls + 1,
      seconds: sum.seconds + (end - start) / 1e9,
      busy: sum.busy.map((busy, i) => busy + threads[i].busy / 1e9),
      flop: sum.flop + flop,
    });
  }
  return [...sums.values()].sort((a, b) => total(b.busy) - total(a.busy));
}

/**
 * Formats a pass.
 *
 * @param calls The calls of a pass.
 * @param attendFlop Operations of a call of attention.
 * @param seconds Duration of the pass, from the call to its result.
 * @returns Rows for {@linkcode headings}: each operation, what is outside of them, and all.
 */
export function formatProfile(
  calls: readonly TimedCall[],
  attendFlop: number,
  seconds: number,
): string[][] {
  const operations = sumOperations(calls, attendFlop);
  const add = (a: OperationTime, b: OperationTime): OperationTime => ({
    what: "all",
    calls: a.calls + b.calls,
    seconds: a.seconds + b.seconds,
    busy: a.busy.map((busy, i) => busy + b.busy[i]),
    flop: a.flop + b.flop,
  });
  const all = operations.reduce(add);
  const peak = median(calls.map(({ peak }) => peak));
  const ran = total(all.busy);
  const row = ({ what, calls, seconds: own, busy, flop }: OperationTime) => {
    const run = total(busy);
    const waiting = Math.max(0, 1 - run / (own * busy.length));
    return [
      what,
      String(calls),
      own.toFixed(3),
      formatShare(run / ran),
      ...busy.map((time) => time.toFixed(3)),
      formatShare(waiting),
      flop ? formatShare(flop / run / 1e9 / peak) : "",
    ];
  };
  const between = Math.max(0, seconds - all.seconds).toFixed(3);
  const rest = ["between them, probes", "", between, "", ...all.busy.map(() => ""), "", ""];
  return [...operations.map(row), rest, row(all)];
}

function total(times: readonly number[]): number {
  return times.reduce((a, b) => a + b, 0);
}

function formatShare(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function describe(
  operation: number,
  words: readonly number[],
  attendFlop: number,
): { what: string; flop: number } {
  const [name] = Object.entries(NUMBERS).find(([, number]) => number === operation)!;
  const kernel = Object.values(KERNELS).find(({ definition }) => definition.name === name);
  const fields = Object.keys(kernel?.definition.fields ?? {});
  const of = (field: string) => words[fields.indexOf(field)];
  switch (name) {
    case "linear":
      return {
        what: `linear ${of("inputs")}→${of("outputs")}`,
        flop: 2 * of("rows") * of("inputs") * of("outputs"),
      };
    case "feedForward":
      return {
        what: `feedForward ${of("inputs")}→${of("inner")}→${of("outputs")}`,
        flop: 2 * of("rows") * of("inner") * (of("inputs") + of("outputs")),
      };
    case "attend":
      return { what: name, flop: attendFlop };
    default:
      return { what: name, flop: 0 };
  }
}
