/** Keys and values in 8 bits, and attention to them. */
import { assertEquals, assertThrows } from "@std/assert";
import { everything, slidingWindow, type Span } from "../../attention/mod.ts";
import type { Backend, Floats } from "../../ops/backend.ts";
import { quantizeHeads } from "../../ops/quantize_heads.ts";
import { largestLength, largestMagnitude } from "../../verify/bounds.ts";
import type { AttendBounds } from "./check_attend.ts";
import { assertSame, type ComparedBackends, type Step, within } from "./compared_backends.ts";
import { roundedWeightsCases } from "./rounded_weights_cases.ts";

/** An attention to keys in 8 bits. */
interface ByteCase {
  readonly queries: number;
  readonly keys: number;
  readonly width: number;
  readonly heads?: number;
  readonly keyHeads?: number;
  readonly spans?: readonly Span[];
  /** Whether values are in 8 bits, too. */
  readonly holdsValues?: boolean;
  /** Whether every third key is masked; masked rows hold NaN. */
  readonly isMasked?: boolean;
  /** Whether a source of other keys, in float32, is beside it. */
  readonly isMixed?: boolean;
  /** Whether the source has its own query. */
  readonly own?: boolean;
}

/** Attends, and compares: the scores are the same bits, so that only the softmax may differ. */
async function check(backends: ComparedBackends, drawn: ByteCase, bounds: AttendBounds) {
  const { queries, keys, width, heads = 2, keyHeads = heads, holdsValues, isMasked } = drawn;
  const { isMixed, own, spans = [everything(keys)] } = drawn;
  const [batch, row, keyRow] = [2, width * heads, width * keyHeads];
  const query = backends.draw(batch * queries * row, 1);
  const [k, v] = [2, 3].map((seed) => backends.draw(batch * keys * keyRow, seed));
  const plain = backends.draw(batch * keys * keyRow, 4);
  const size = {
    query: largestLength(query, width),
    key: Math.max(largestLength(k, width), isMixed ? largestLength(plain, width) : 0) * 1.02,
    value: Math.max(largestMagnitude(v), largestMagnitude(plain)),
    width: isMixed ? width : 0,
    ...{ keys: 2 * keys, scale: 1 / Math.sqrt(width), roundings: 0 },
  };
  const mask = Int32Array.from({ length: batch * keys }, (_, i) => i % 3 === 1 ? 0 : 1);
  if (isMasked) {
    mask.forEach((visible, i) => visible || k.fill(NaN, i * keyRow, (i + 1) * keyRow));
  }
  const bound = bounds.bound(size, 2 * spans.length);
  await backends.compare(JSON.stringify(drawn), (backend) => {
    const dims = [batch, keys, keyRow];
    const hold = (x: Float32Array) =>
      backend.run(quantizeHeads, backend.floats(x, dims), { heads: keyHeads });
    const values = holdsValues ? hold(v) : backend.floats(v, dims);
    const source = {
      ...{ keys: hold(k), values, first: 0, count: keys, spans },
      ...(isMasked && { mask: backend.integers(mask, [batch, keys]) }),
      ...(own && { query: backend.floats(query.toReversed(), [batch, queries, row]) }),
    };
    const other = { ...source, keys: backend.floats(plain, dims) };
    const sources = isMixed ? [source, other, source] : [source];
    const x = backend.floats(query, [batch, queries, row]);
    return [backend.attend(x, [{ first: 0, count: queries, sources }], { heads, keyHeads })];
  }, within((y) => y === 0 ? 0 : bound));
}

/** Rounding to 8 bits, and attention to what was rounded. */
export async function quantizeHeadsCases(
  backends: ComparedBackends,
  step: Step,
  bounds: AttendBounds,
): Promise<void> {
  if (backends.all[0].name === "webgpu") {
    await step("is refused", () => {
      for (const backend of backends.all) {
        const x = backend.floats(new Float32Array(4), [1, 2, 2]);
        const message = "Cannot hold keys and values in 8 bits on webgpu: wanted wasm or cpu";
        assertThrows(() => backend.run(quantizeHeads, x, { heads: 1 }), RangeError, message);
        x.dispose();
        assertEquals(backend.memory().tensors, 0);
      }
    });
    return;
  }

  const round = (values: Float32Array, dims: number[], heads: number, mean?: Float32Array) =>
    backends.compare(
      `${dims}, ${heads}`,
      (backend: Backend) => {
        const x = backend.floats(values, dims);
        const held = mean && backend.floats(mean, [dims[0], 1, dims[2]]);
        return [backend.run(quantizeHeads, x, { heads, mean: held })];
      },
      assertSame,
    );

  await step("gives the same integers and steps", async () => {
    for (const width of [1, 3, 4, 7, 15, 16, 17, 31, 32, 64, 80, 128, 256]) {
      for (const [batch, rows, heads] of [[1, 1, 1], [2, 3, 5], [3, 7, 2]]) {
        const dims = [batch, rows, heads * width];
        const values = backends.draw(batch * rows * heads * width);
        await round(values, dims, heads);
        await round(values, dims, heads, backends.draw(batch * heads * width, 9));
      }
    }
    const odd = [0, -0, 2 ** -101, -(2 ** -100), 2 ** -126, 1e38, 3.4e38, -1, 63.5, 64.5, 127, 0.5];
    for (const value of odd) {
      await round(Float32Array.from([value, 127, -value, 1, 2.5, -2.5, 0, value]), [1, 2, 4], 1);
      await round(Float32Array.of(value), [1, 1, 1], 1);
    }
    for (const value of [NaN, Infinity, -Infinity]) {
      await round(Float32Array.from([1, value, 2, 3, 4, 5]), [1, 2, 3], 1);
    }
  });

  await step("is read by attend at each number of keys and queries", async () => {
    for (const keys of [1, 4, 5, 6, 9, 164, 165, 166, 331]) {
      await check(backends, { queries: 6, keys, width: 8 }, bounds);
      await check(backends, { queries: 24, keys, width: 8, holdsValues: true }, bounds);
    }
    for (const queries of [1, 5, 7, 8, 9, 20, 21, 40, 129]) {
      for (const holdsValues of [false, true]) {
        await check(backends, { queries, keys: 33, width: 16, holdsValues }, bounds);
        await check(backends, { queries, keys: 33, width: 5, holdsValues, isMasked: true }, bounds);
      }
    }
  });

  await step("is read by attend at each width", async () => {
    for (const width of [1, 3, 8, 15, 16, 17, 24, 32, 64, 80, 128, 256]) {
      for (const queries of [3, 23]) {
        for (const holdsValues of [false, true]) {
          await check(backends, { queries, keys: 70, width, holdsValues }, bounds);
        }
      }
    }
    await check(backends, { queries: 129, keys: 166, width: 256 }, bounds);
  });

  await step("is read by attend with masks, spans, shared heads, other sources", async () => {
    const sizes = { queries: 50, keys: 50, width: 12 };
    for (const isMasked of [false, true]) {
      for (const span of [slidingWindow(3, 4), everything(50, true), slidingWindow(60, 0)]) {
        await check(backends, { ...sizes, spans: [span], isMasked }, bounds);
      }
      await check(backends, { ...sizes, isMixed: true, isMasked }, bounds);
      await check(backends, { queries: 4, keys: 50, width: 16, isMixed: true, isMasked }, bounds);
    }
    await check(backends, { ...sizes, heads: 6, keyHeads: 2 }, bounds);
    await check(backends, { queries: 5, keys: 50, width: 16, heads: 6, keyHeads: 2 }, bounds);
    await check(backends, { ...sizes, own: true }, bounds);
    await check(backends, { queries: 5, keys: 9, width: 16, own: true, holdsValues: true }, bounds);
  });

  await step("weighs the same whatever mean is taken off", async () => {
    const [x, y, mean] = [1, 2, 3].map((seed) => backends.draw(seed < 3 ? 400 : 8, seed));
    const shifted = x.map((value, i) => value + 100 * mean[i % 8]);
    for (const backend of [...backends.all]) {
      const attend = (off: Float32Array | undefined, of: Float32Array) =>
        backend.scope(() => {
          const [keys, values] = [of, y].map((rows) => backend.floats(rows, [1, 50, 8]));
          const vector = off && backend.floats(off, [1, 1, 8]);
          const held = backend.run(quantizeHeads, keys, { heads: 1, mean: vector });
          const source = { keys: held, values, first: 0, count: 50, spans: [everything(50)] };
          return backend.attend(values, [{ first: 0, count: 50, sources: [source] }], { heads: 1 });
        });
      const [plain, centred] = [attend(undefined, x), attend(mean.map((m) => 100 * m), shifted)];
      const [a, b] = [await plain.getData(), await centred.getData()];
      // The differences of numbers near 100 are off by 4e-6, the integers of a few by one.
      const off = a.map((value, i) => Math.abs(value - b[i]));
      assertEquals(off.filter((error) => error > 0.02).length, 0);
      [plain, centred].forEach((tensor) => tensor.dispose());
    }
  });

  await step("gives NaN for keys and queries that are NaN or infinite", async () => {
    for (const value of [NaN, Infinity, -Infinity]) {
      for (const [at, queries] of [[0, 2], [1, 2], [0, 30], [1, 30]]) {
        await backends.compare(
          `${value} in ${at}`,
          (backend) => {
            const arrays = [queries, 9].map((rows) => new Float32Array(rows * 8).fill(1));
            arrays[at][3] = value;
            const [q, k] = arrays.map((x) => backend.floats(x, [1, x.length / 8, 8]));
            const held = backend.run(quantizeHeads, k, { heads: 1 });
            const values = backend.floats(new Float32Array(72).fill(2), [1, 9, 8]);
            const source = { keys: held, values, first: 0, count: 9, spans: [everything(9)] };
            const both = { ...source, values: backend.run(quantizeHeads, values, { heads: 1 }) };
            return [source, both].map((source) =>
              backend.attend(q, [{ first: 0, count: queries, sources: [source] }], { heads: 1 })
            );
          },
          (actual, expected) =>
            actual.forEach((values, i) =>
              assertEquals(Array.from(values, isNaN), Array.from(expected[i], isNaN))
            ),
        );
      }
    }
  });

  await roundedWeightsCases(backends, step);

  await step("is read by nothing else", () => {
    const refuse = (backend: Backend, call: (x: Floats) => unknown) => {
      if (backend.name !== "wasm") return;
      const plain = backend.floats(new Float32Array(4), [1, 2, 2]);
      const x = backend.run(quantizeHeads, plain, { heads: 1 });
      const message = "Cannot use 8 bits here: wanted keys and values of attend";
      assertThrows(() => call(x), TypeError, message);
      [x, plain].forEach((tensor) => tensor.dispose());
    };
    for (const backend of backends.all) {
      refuse(backend, (x) => backend.add(x, x));
      refuse(backend, (x) => backend.run(quantizeHeads, x, { heads: 1 }));
    }
  });
}
