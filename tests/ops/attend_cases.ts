import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { everything, slidingWindow, type Span } from "../../attention/mod.ts";
import type { Backend } from "../../ops/backend.ts";
import { attentionBound, largestLength, largestMagnitude } from "../../verify/bounds.ts";
import { type AttendBounds, type AttendCase, checkAttend } from "./check_attend.ts";
import { assertSame, type ComparedBackends, type Step, UNIT, within } from "./compared_backends.ts";

/** A block with its neighbours. */
const neighbours = (block: number, causal = false): Span => ({
  block,
  stride: block,
  start: -block,
  end: 2 * block,
  causal,
});

/** Attention around the tiles of all backends, with masks, spans and sources of every kind. */
export async function attendCases(
  backends: ComparedBackends,
  step: Step,
  bounds: AttendBounds,
): Promise<void> {
  const check = (drawn: AttendCase) => checkAttend(backends, drawn, bounds);

  await step("at each number of keys", async () => {
    for (const keys of [1, 4, 5, 6, 7, 8, 9, 31, 32, 33, 65, 129, 131, 324, 325, 326, 651]) {
      await check({ queries: 6, keys, width: 8 });
      await check({ queries: 5, keys, width: 3, hides: (key) => key % 3 === 1 });
    }
  });

  await step("at each number of queries", async () => {
    for (const queries of [1, 7, 8, 9, 31, 32, 33, 65, 127, 128, 129, 137]) {
      await check({ queries, keys: 17, width: 4 });
      await check({
        queries,
        keys: queries,
        width: 4,
        spans: [everything(queries, true)],
        batch: 2,
      });
    }
  });

  await step("at each width", async () => {
    for (const width of [1, 31, 32, 33, 36, 64]) {
      await check({ queries: 7, keys: 34, width, heads: 2, batch: 2 });
    }
    for (const width of [1, 3, 4, 7, 8, 9, 64, 256]) {
      await check({ queries: 7, keys: 326, width, heads: 2, batch: 2 });
    }
    await check({ queries: 33, keys: 33, width: 256 });
    await check({ queries: 129, keys: 326, width: 256 });
  });

  await step("with heads that share keys", async () => {
    await check({ queries: 6, keys: 9, width: 4, heads: 6, keyHeads: 2, batch: 2 });
    await check({ queries: 6, keys: 9, width: 4, heads: 4, keyHeads: 1 });
  });

  await step("with masks, whatever masked rows hold", async () => {
    const sizes = { queries: 9, keys: 400, width: 7, heads: 2, batch: 2 };
    const masks: Record<string, (key: number, row: number) => boolean> = {
      holes: (key, row) => (key * 7 + row) % 3 === 0,
      lengths: (key, row) => key >= 390 - 200 * row,
      all: () => true,
      "one of two": (_, row) => row === 1,
      "a tile of 128 in the middle": (key) => key >= 128 && key < 256,
      "all but a tile of 325": (key) => key >= 325,
      "the first tiles": (key) => key < 256,
    };
    for (const hides of Object.values(masks)) {
      await check({ ...sizes, hides });
      await check({ ...sizes, hides, perHead: true });
      await check({ ...sizes, hides, spans: [neighbours(4)] });
    }
  });

  await step("with a mask of queries, whatever masked ones hold", async () => {
    await check({ queries: 11, keys: 9, width: 4, hidesQuery: (i) => i % 4 === 1 });
    await check({ queries: 3, keys: 9, width: 4, hidesQuery: () => true });
  });

  await step("with spans of each kind", async () => {
    const windows = [slidingWindow(0, 0), slidingWindow(3, 0), slidingWindow(2, 5)];
    for (const span of [...windows, slidingWindow(200, 200), everything(340, true)]) {
      await check({ queries: 340, keys: 340, width: 4, spans: [span] });
      await check({ queries: 30, keys: 340, width: 4, spans: [span], position: 303 });
    }
    const far = 2 ** 32;
    for (const span of [slidingWindow(far, 2), slidingWindow(2, far), neighbours(far)]) {
      await check({ queries: 12, keys: 12, width: 4, spans: [span] });
    }
    const many = { queries: 70, keys: 70, width: 4, heads: 6, batch: 2 };
    await check({ ...many, spans: [neighbours(8)] });
    for (const block of [8, 32, 128, 131, 165, 256]) {
      const keys = 2 * block + 5;
      for (const causal of [false, true]) {
        const sizes = { queries: keys, keys, width: 4, spans: [neighbours(block, causal)] };
        await check({ ...sizes, hides: (key) => key % 5 === 2 });
        await check({ ...sizes, queries: block, position: block });
      }
    }
  });

  await step("with the two spans of a sparse list beside a block", async () => {
    for (const [block, factor] of [[8, 2], [32, 4], [128, 2], [131, 1]]) {
      const stride = block / factor;
      const sides = [-block - stride, 2 * stride].map((start) => ({
        block,
        stride,
        start,
        end: start + block,
        causal: false,
      }));
      await check({ queries: 4 * block + 3, keys: 4 * stride, width: 4, spans: sides });
    }
  });

  await step("over many short sources, masked ones and moving ones among them", async () => {
    const [queries, width] = [9, 4];
    const rows = backends.draw(400 * width);
    const length = largestLength(rows, width);
    const sizes = { query: length, key: length, value: largestMagnitude(rows), width, keys: 400 };
    const bound = bounds.bound({ ...sizes, scale: 0.5, roundings: 0 }, 30);
    await backends.compare("30 sources", (backend) => {
      const x = backend.floats(rows, [1, 400, width]);
      const sources = Array.from({ length: 30 }, (_, count) => ({
        keys: x,
        values: x,
        first: 12 * count,
        count,
        spans: [count % 5 === 4 ? slidingWindow(2, 3) : everything(count)],
        ...(count % 3 === 2 && {
          mask: backend.integers(Int32Array.from({ length: count }, (_, i) => i % 4 && 1), [
            1,
            count,
          ]),
        }),
      }));
      return [backend.attend(x, [{ first: 0, count: queries, sources }], { heads: 1 })];
    }, within(() => bound));
  });

  await step("with entries that start later, another scale, a source's own query", async () => {
    await check({ queries: 6, keys: 9, width: 4, first: 3, batch: 2, heads: 2 });
    await check({ queries: 6, keys: 9, width: 4, scale: 0 });
    await check({ queries: 6, keys: 9, width: 4, scale: 2.5 });
    await check({ queries: 6, keys: 9, width: 4, own: true, batch: 2, heads: 2 });
  });

  await step("of scores far apart, in whatever order", async () => {
    const ascending = [-900, -88, 0, 88, 900];
    for (const values of [ascending, ascending.toReversed()]) {
      const x = Float32Array.from({ length: 300 }, (_, i) => values[Math.floor(i / 60)]);
      await backends.compare(String(values), (backend) => {
        const query = backend.floats(new Float32Array([1, -1, 0.5]), [1, 3, 1]);
        const keys = backend.floats(x, [1, 300, 1]);
        const source = { keys, values: keys, first: 0, count: 300, spans: [everything(300)] };
        return [backend.attend(query, [{ first: 0, count: 3, sources: [source] }], { heads: 1 })];
      }, within((y) => 320 * UNIT * Math.abs(y)));
    }
  });

  await step("puts sources with queries of their own under one softmax", async () => {
    const [a, b, c] = [1, 2, 3].map((seed) => backends.draw(20, seed));
    // Each of the three arrays is a query or a key of some source, 15 keys in all.
    const length = largestLength(Float32Array.of(...a, ...b, ...c), 2);
    const value = largestMagnitude(Float32Array.of(...b, ...c));
    const sizes = { query: length, key: length, value, width: 2, keys: 15 };
    const bound = attentionBound({ ...sizes, scale: Math.SQRT1_2, roundings: 1 }, UNIT);
    await backends.compare("three sources", (backend) => {
      const [x, y, z] = [a, b, c].map((values) => backend.floats(values, [1, 5, 4]));
      const source = { keys: x, values: y, first: 0, count: 5, spans: [everything(5)] };
      const sources = [source, { ...source, keys: z, query: y }, { ...source, values: z }];
      return [backend.attend(x, [{ first: 0, count: 5, sources }], { heads: 2 })];
    }, within(() => bound));
  });

  await step("hides no NaN that a query sees", async () => {
    for (const backend of backends.all) {
      const y = backend.scope(() => {
        const x = backend.floats(new Float32Array([1, NaN, 2]), [1, 3, 1]);
        const q = backend.floats(new Float32Array([1, 1, 1]), [1, 3, 1]);
        const source = { keys: x, values: q, first: 0, count: 3, spans: [slidingWindow(0, 0)] };
        return backend.attend(q, [{ first: 0, count: 3, sources: [source] }], { heads: 1 });
      });
      const shown = await y.getData().catch((error: Error) => error.message);
      assertMatch(String(shown), /^1,NaN,1$|^Cannot read NaN at position 1 of a float16 tensor/);
      y.dispose();
    }
  });

  await step("gives zeros to rows of no part and to parts of nothing", async () => {
    const x = new Float32Array([3, 4, 5, 6]);
    for (const [first, count] of [[0, 0], [1, 2], [0, 3], [2, 2], [4, 0]]) {
      await backends.compare(`${count} rows from ${first}`, (backend) => {
        const query = backend.floats(x, [1, 4, 1]);
        const source = { keys: query, values: query, first: 0, count: 4, spans: [everything(4)] };
        dirty(backend);
        return [
          backend.attend(query, [{ first, count, sources: [source] }], { heads: 1 }),
          backend.attend(query, [{ first, count, sources: [] }], { heads: 1 }),
          backend.attend(query, [], { heads: 1 }),
        ];
      }, (actual, expected, store) => {
        within((y) => Math.abs(y) * bounds.few)(actual.slice(0, 1), expected.slice(0, 1), store);
        assertSame(actual.slice(1), expected.slice(1));
      });
    }
  });

  await step("refuses heads that are too wide", () => {
    for (const backend of backends.all) {
      const wide = backend.floats(new Float32Array(257), [1, 1, 257]);
      const source = { keys: wide, values: wide, first: 0, count: 1, spans: [everything(1)] };
      assertThrows(
        () => backend.attend(wide, [{ first: 0, count: 1, sources: [source] }], { heads: 1 }),
        RangeError,
        `head width 257, wanted at most 256 on ${backend.name}`,
      );
      wide.dispose();
      assertEquals(backend.memory().tensors, 0);
    }
  });
}

/** Leaves other numbers in the memory that the next results get. */
function dirty(backend: Backend): void {
  const x = backend.floats(new Float32Array(64).fill(99), [64]);
  const made = [1, 2, 3, 4].map(() => backend.activation(x, "relu"));
  [x, ...made].forEach((tensor) => tensor.dispose());
}
