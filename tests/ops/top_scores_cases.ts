import { assertEquals } from "@std/assert";
import type { ComparedBackends, Result, Step } from "./compared_backends.ts";
import { topScores } from "../../ops/top_scores.ts";

/** What the error of a row's logSum grows with. */
export interface LogSumSize {
  /** Scores of the row. */
  readonly columns: number;
  /** The largest difference of two finite scores. */
  readonly difference: number;
  /** `log Σ exp(x − top)`. */
  readonly log: number;
  /** The logSum. */
  readonly result: number;
}

/** How far a logSum may be off. */
export type LogSumBound = (size: LogSumSize) => number;

/** Finds the largest of given scores and compares; only logSum may be off. */
export async function checkTop(
  backends: ComparedBackends,
  name: string,
  scores: Float32Array,
  [rows, columns]: readonly [number, number],
  count: number,
  bound: LogSumBound,
): Promise<void> {
  await backends.compare(name, (backend) => {
    const { values, indices, logSum } = backend.run(
      topScores,
      backend.floats(scores, [rows, columns]),
      count,
    );
    return [values, indices, logSum];
  }, (actual: readonly Result[], [values, indices, logSum], store) => {
    logSum.forEach((wanted, row) => {
      const got = actual[2][row];
      if (Number.isNaN(wanted)) return assertEquals(got, NaN, `row ${row}`);
      const own = [row * count, (row + 1) * count] as const;
      assertEquals(actual[1].slice(...own), indices.slice(...own), `columns of row ${row}`);
      assertEquals(actual[0].slice(...own), values.slice(...own), `values of row ${row}`);
      const finite = scores.subarray(row * columns, (row + 1) * columns).filter(Number.isFinite);
      const top = finite.reduce((a, b) => Math.max(a, b));
      const difference = top - finite.reduce((a, b) => Math.min(a, b));
      const most = bound({ columns, difference, log: wanted - top, result: wanted });
      if (Math.abs(got - wanted) <= most + store(Math.abs(wanted) + most)) return;
      throw new Error(`logSum of row ${row} is ${got}, wanted ${wanted} within ${most}`);
    });
    // Even where a row means nothing.
    for (const column of actual[1]) assertEquals(column >= 0 && column < columns, true);
  });
}

/** Rows around the chunks of all backends. */
export async function topScoresCases(
  backends: ComparedBackends,
  step: Step,
  bound: LogSumBound,
): Promise<void> {
  const drawn = (rows: number, columns: number, count: number, scale = 4) =>
    checkTop(
      backends,
      `${count} of ${rows}·${columns}`,
      backends.numbers.storable(backends.draw(rows * columns).map((x) => x * scale)),
      [rows, columns],
      count,
      bound,
    );

  await step("at each number of columns", async () => {
    for (const columns of [1, 2, 5, 8, 11, 256, 1024, 1025, 4999]) {
      for (const count of [1, 2, 5, 256]) {
        if (count <= columns) await drawn(3, columns, count);
      }
    }
  });

  await step("of vocabularies", async () => {
    await drawn(5, 50265, 10);
  });

  await step("of no row, and of rows of more dimensions", async () => {
    await drawn(0, 7, 2);
    await backends.compare("[2, 3, 5]", (backend) => {
      const x = backend.floats(backends.draw(30), [2, 3, 5]);
      return [backend.run(topScores, x, 2).indices];
    }, (actual, expected) => assertEquals(actual, expected));
  });

  await step("lower columns first among equal scores, in whatever order", async () => {
    const columns = 3000;
    const orders: Record<string, (i: number) => number> = {
      "all equal": () => 0.5,
      "few kinds": (i) => i * 7 % 5,
      ascending: (i) => Math.floor(i / 3),
      descending: (i) => -Math.floor(i / 3),
      "both zeros": (i) => i % 2 ? 0 : -0,
    };
    for (const [name, of] of Object.entries(orders)) {
      // Whole numbers up to 2,048 are float16 numbers.
      const scores = Float32Array.from({ length: columns }, (_, i) => of(i));
      for (const count of [1, 256]) {
        await checkTop(backends, name, scores, [1, columns], count, bound);
      }
    }
  });

  await step("of scores most of which are ruled out", async () => {
    const [backend] = backends.all; // in float32: no infinity is uploaded as float16
    for (const left of [1, 5, 300]) {
      const columns = 3000;
      // Every tenth counts down.
      const x = Float32Array.from(
        { length: columns },
        (_, i) => i % 10 === 3 && i < 10 * left ? 3 - i : -Infinity,
      );
      const tensor = backend.floats(x, [1, columns]);
      const top = backend.run(topScores, tensor, 8);
      const wanted = Array.from({ length: Math.min(8, left) }, (_, i) => 10 * i + 3);
      assertEquals([...await top.indices.getData()].slice(0, left), wanted);
      const values = Array.from({ length: 8 }, (_, i) => i < left ? -10 * i : -Infinity);
      assertEquals([...await top.values.getData()], values);
      const [logSum] = await top.logSum.getData();
      // Σ exp(−10·i) is 1.0000454 from two terms on.
      const most = bound({ columns, difference: 10 * left, log: 5e-5, result: 5e-5 });
      const sum = left === 1 ? 0 : Math.log1p(Math.exp(-10) + Math.exp(-20));
      assertEquals(Math.abs(logSum - sum) <= most, true, `logSum ${logSum}, wanted ${sum}`);
      [tensor, ...Object.values(top)].forEach((made) => made.dispose());
    }
  });

  await step("of scores far apart", async () => {
    const scores = new Float32Array([-65504, 0, 65504, 1, -900, 65472, -88, 88]);
    await checkTop(backends, "far", scores, [2, 4], 4, bound);
  });

  await step("gives logSum NaN to rows without probabilities, to them alone", async () => {
    const columns = 1500;
    const [backend] = backends.all; // in float32, as float16 is not read where it is not finite
    for (const count of [1, 4, 256]) {
      for (const odd of [NaN, Infinity]) {
        for (const at of [0, 3, 700, 1499]) {
          const x = backends.draw(3 * columns);
          x[columns + at] = odd;
          const wanted = [false, true, false];
          const tensor = backend.floats(x, [3, columns]);
          const top = backend.run(topScores, tensor, count);
          assertEquals([...await top.logSum.getData()].map(Number.isNaN), wanted);
          [tensor, ...Object.values(top)].forEach((made) => made.dispose());
        }
      }
      const none = backend.floats(new Float32Array(2 * columns).fill(-Infinity), [2, columns]);
      const top = backend.run(topScores, none, count);
      assertEquals([...await top.logSum.getData()], [NaN, NaN]);
      [none, ...Object.values(top)].forEach((made) => made.dispose());
    }
  });
}
