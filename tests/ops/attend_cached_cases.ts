import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Random } from "../../tensor/random.ts";
import { largestLength, largestMagnitude } from "../../verify/bounds.ts";
import type { AttendBounds } from "./check_attend.ts";
import { assertSame, type ComparedBackends, type Step, within } from "./compared_backends.ts";
import { attendCached } from "../../ops/attend_cached.ts";
import { writeRows } from "../../ops/write_rows.ts";

/** Sizes of an attention to a cache, and which rows are listed. */
export interface CachedCase {
  readonly queries: number;
  readonly capacity: number;
  readonly listed: number;
  readonly width: number;
  readonly batch?: number;
  readonly heads?: number;
  readonly keyHeads?: number;
  readonly scale?: number;
  /** Whether all sequences share one list. */
  readonly isShared?: boolean;
  /** The row at a position of a query's list, or −1; any row if absent. */
  readonly row?: (query: number, at: number) => number;
}

/** Attends to listed rows of drawn caches, whose other rows are NaN or as large as can be. */
export async function checkCached(
  backends: ComparedBackends,
  drawn: CachedCase,
  bounds: AttendBounds,
): Promise<void> {
  const { queries, capacity, listed, width, batch = 1, heads = 1, keyHeads = heads } = drawn;
  const random = new Random(queries * 7 + listed * 3 + width);
  const { largest, storable } = backends.numbers;
  const query = storable(random.normals(batch * queries * heads * width));
  const [keys, values] = [1, 2].map(() =>
    storable(random.normals(batch * capacity * keyHeads * width))
  );
  const sequences = drawn.isShared ? 1 : batch;
  const any = () => Math.floor(random.uniform() * (capacity + 1)) - 1;
  const rows = Int32Array.from(
    { length: sequences * queries * listed },
    (_, i) => drawn.row?.(Math.floor(i / listed), i % listed) ?? any(),
  );
  const bound = bounds.bound({
    query: largestLength(query, width),
    key: largestLength(keys, width),
    value: largestMagnitude(values),
    width,
    keys: listed,
    scale: drawn.scale ?? 1 / Math.sqrt(width),
    roundings: 0,
  }, 1);
  for (let b = 0; b < batch; b++) {
    const own = rows.subarray(
      ...(drawn.isShared ? [] : [b, b + 1].map((i) => i * queries * listed)),
    );
    const seen = new Set(own);
    for (let row = 0; row < capacity; row++) {
      if (seen.has(row)) continue;
      const start = (b * capacity + row) * keyHeads * width;
      keys.fill(row % 2 ? NaN : largest, start, start + keyHeads * width);
      values.fill(row % 3 ? NaN : -largest, start, start + keyHeads * width);
    }
  }
  await backends.compare(
    JSON.stringify(drawn),
    (backend) => [
      backend.run(
        attendCached,
        backend.floats(query, [batch, queries, heads * width]),
        backend.floats(keys, [batch, capacity, keyHeads * width]),
        backend.floats(values, [batch, capacity, keyHeads * width]),
        backend.integers(rows, [sequences, queries, listed]),
        { heads, scale: drawn.scale },
      ),
    ],
    // A row that sees nothing has to be exactly 0.
    within((y) => y === 0 ? 0 : bound),
  );
}

/** Caches around the tiles of all backends. */
export async function attendCachedCases(
  backends: ComparedBackends,
  step: Step,
  bounds: AttendBounds,
): Promise<void> {
  const check = (drawn: CachedCase) => checkCached(backends, drawn, bounds);

  await step("at each number of listed rows", async () => {
    for (const listed of [0, 1, 2, 3, 4, 5, 7, 8, 9, 63, 64, 65, 511, 512, 513, 1100]) {
      await check({ queries: 3, capacity: 70, listed, width: 8 });
      await check({ queries: 2, capacity: 9, listed, width: 3, heads: 2, batch: 2 });
    }
  });

  await step("at each width and number of heads", async () => {
    for (const width of [1, 3, 4, 7, 8, 9, 31, 64, 65, 256]) {
      for (const heads of [1, 2, 5]) {
        await check({ queries: 2, capacity: 40, listed: 11, width, heads, batch: 2 });
      }
    }
  });

  await step("at each number of queries", async () => {
    for (const queries of [0, 1, 2, 4, 5, 6, 8, 9, 17]) {
      await check({ queries, capacity: 30, listed: 25, width: 12, heads: 4 });
    }
  });

  await step("with heads that share keys, another scale, lists that sequences share", async () => {
    const sizes = { queries: 5, capacity: 20, listed: 13, width: 8, batch: 2 };
    await check({ ...sizes, heads: 6, keyHeads: 2 });
    await check({ ...sizes, heads: 4, keyHeads: 1, isShared: true });
    await check({ ...sizes, heads: 2, scale: 0 });
    await check({ ...sizes, heads: 2, scale: 2.5, isShared: true });
  });

  await step("whatever is not listed", async () => {
    const sizes = { queries: 6, capacity: 600, listed: 530, width: 4, heads: 2 };
    await check({ ...sizes, row: () => -1 });
    await check({ ...sizes, row: (i, at) => i % 2 === 0 ? -1 : at });
    await check({ ...sizes, row: (_, at) => at < 525 ? -1 : 7 * (at - 520) });
    await check({ ...sizes, row: (_, at) => at % 5 === 2 ? at : -1 });
    await check({ ...sizes, row: (i, at) => at < 512 ? 599 - at - i : -1 });
  });

  await step("beams that continue each other, while the cache is written", async () => {
    // Rows of [keys, values] by step and beam; each list is the parent's and the new row.
    const parents = [[0, 0, 0], [0, 0, 1], [2, 1, 1], [0, 2, 0]];
    const [beams, width] = [3, 8];
    const bound = bounds.bound(
      { query: 8, key: 8, value: 4, width: 4, keys: 4, scale: 0.5, roundings: 0 },
      1,
    );
    await backends.compare("four steps of three beams", (backend) => {
      const [keys, values] = [0, 1].map(() =>
        backend.floats(new Float32Array(12 * width), [1, 12, width])
      );
      let lists: number[][] = [[], [], []];
      let last = keys;
      parents.forEach((from, step) => {
        const own = Array.from({ length: beams }, (_, beam) => step * beams + beam);
        lists = from.map((parent, beam) => [...lists[parent], own[beam]]);
        const [q, k, v] = [1, 2, 3].map((seed) =>
          backend.floats(backends.draw(beams * width, 10 * step + seed), [1, beams, width])
        );
        const index = backend.integers(new Int32Array(own), [1, beams]);
        backend.run(writeRows, keys, index, k);
        backend.run(writeRows, values, index, v);
        const seen = backend.integers(new Int32Array(lists.flat()), [1, beams, step + 1]);
        last = backend.run(attendCached, q, keys, values, seen, { heads: 2 });
      });
      return [last];
    }, within(() => bound));
  });

  await step("of scores far apart, and beyond float32", async () => {
    const cases = [[1, 1e20, -1e20], [1e20, 1e20, 1], [-1e20, 1e20, 2e20], [1e20, 1, 2]];
    const far = [[1, -900, -88], [1, 0, 88], [-1, 900, -900]];
    const [backend] = backends.all; // in float32
    for (const [query, ...keys] of [...cases, ...far]) {
      const y = backend.scope(() => {
        const [q, k, v] = [[query], keys, [3, 4]].map((values) =>
          backend.floats(new Float32Array(values), [1, values.length, 1])
        );
        const seen = backend.integers(new Int32Array([0, 1]), [1, 1, 2]);
        return backend.run(attendCached, q, k, v, seen, { heads: 1 });
      });
      const scores = keys.map((key) => Math.fround(query * key));
      const top = Math.max(...scores);
      const [a, b] = scores.map((score) => Math.exp(score - top));
      const wanted = (3 * a + 4 * b) / (a + b);
      const [value] = await y.getData();
      if (
        !(Number.isNaN(wanted) ? Number.isNaN(value) : Math.abs(value - wanted) <= 4 * bounds.few)
      ) {
        throw new Error(`${query} by ${keys}: got ${value}, wanted ${wanted}`);
      }
      y.dispose();
    }
  });

  await step("hides no NaN that a query sees, and shows none that it does not", async () => {
    for (const backend of backends.all) {
      const y = backend.scope(() => {
        const x = backend.floats(new Float32Array([1, NaN, 2]), [1, 3, 1]);
        const q = backend.floats(new Float32Array([1, 1, NaN]), [1, 3, 1]);
        const values = backend.floats(new Float32Array([1, 1, 1]), [1, 3, 1]);
        const seen = backend.integers(new Int32Array([0, 2, 1, 0, -1, -1]), [1, 3, 2]);
        return backend.run(attendCached, q, x, values, seen, { heads: 1 });
      });
      const shown = await y.getData().catch((error: Error) => error.message);
      assertMatch(String(shown), /^1,NaN,0$|^Cannot read NaN at position 1 of a float16 tensor/);
      y.dispose();
    }
  });

  await step("gives NaN where all scores are below the range of float32", async () => {
    for (const width of [3, 8]) {
      for (const backend of backends.all) {
        const y = backend.scope(() => {
          const [q, k] = [1, -300].map((value) =>
            backend.floats(new Float32Array(2 * width).fill(value), [1, 2, width])
          );
          const seen = backend.integers(new Int32Array([0, 1, -1, -1]), [1, 2, 2]);
          return backend.run(attendCached, q, k, q, seen, { heads: 1, scale: 3e38 });
        });
        const shown = await y.getData().then(
          (values) => [values[0], values[width]].join(),
          (error: Error) => error.message,
        );
        assertMatch(shown, /^NaN,0$|^Cannot read NaN at position 0 of a float16 tensor/);
        y.dispose();
      }
    }
  });

  await step("gives zeros where nothing is listed, whatever the memory held", async () => {
    await backends.compare("no rows", (backend) => {
      const x = backend.floats(new Float32Array(64).fill(99), [1, 16, 4]);
      const made = [1, 2].map(() => backend.activation(x, "relu"));
      made.forEach((tensor) => tensor.dispose());
      const seen = backend.integers(new Int32Array(0), [1, 16, 0]);
      return [backend.run(attendCached, x, x, x, seen, { heads: 2 })];
    }, assertSame);
  });

  await step("refuses heads that are too wide", () => {
    for (const backend of backends.all) {
      const wide = backend.floats(new Float32Array(257), [1, 1, 257]);
      const seen = backend.integers(new Int32Array([0]), [1, 1, 1]);
      assertThrows(
        () => backend.run(attendCached, wide, wide, wide, seen, { heads: 1 }),
        RangeError,
        `head width 257, wanted at most 256 on ${backend.name}`,
      );
      wide.dispose();
      seen.dispose();
      assertEquals(backend.memory().tensors, 0);
    }
  });
}
