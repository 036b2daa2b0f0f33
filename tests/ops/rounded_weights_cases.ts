/** Attention whose weights and values are rounded to 8 bits: the same bits everywhere. */
import { assertEquals } from "@std/assert";
import { everything, slidingWindow, type Span } from "../../attention/mod.ts";
import { quantizeHeads } from "../../ops/quantize_heads.ts";
import { assertSame, type ComparedBackends, type Step } from "./compared_backends.ts";

/** An attention to some sources, each of other keys. */
interface RoundedCase {
  readonly queries: number;
  /** Keys of each source. */
  readonly keys: readonly number[];
  readonly width: number;
  readonly heads?: number;
  readonly keyHeads?: number;
  /** The spans of each source; absent: everything. */
  readonly spans?: readonly (readonly Span[])[];
  readonly position?: number;
  /** Whether every third key is masked, and every fourth query; masked rows hold NaN. */
  readonly isMasked?: boolean;
  /** Whether the last source has its own query. */
  readonly own?: boolean;
  /** Whether values are in 8 bits before. */
  readonly holdsValues?: boolean;
  /** What queries are multiplied by. */
  readonly factor?: number;
  /** Changes keys and values of the first source. */
  readonly spoil?: (key: Float32Array, value: Float32Array) => void;
}

async function check(backends: ComparedBackends, drawn: RoundedCase, visible = assertSame) {
  const { queries, keys, width, heads = 2, keyHeads = heads, isMasked, factor = 1 } = drawn;
  const [batch, row, keyRow] = [2, width * heads, width * keyHeads];
  const query = backends.draw(batch * queries * row, 1).map((value) => value * factor);
  const queryMask = Int32Array.from({ length: batch * queries }, (_, i) => i % 4 === 1 ? 0 : 1);
  if (isMasked) queryMask.forEach((seen, i) => seen || query.fill(NaN, i * row, (i + 1) * row));
  const sources = keys.map((count, s) => {
    const [key, value] = [2, 3].map((seed) => backends.draw(batch * count * keyRow, seed + 5 * s));
    // Columns of different sizes, and one of zeros.
    value.forEach((_, i) => value[i] *= i % width);
    if (s === 0) drawn.spoil?.(key, value);
    const mask = Int32Array.from({ length: batch * count }, (_, i) => i % 3 === 1 ? 0 : 1);
    if (isMasked) {
      mask.forEach((seen, i) => {
        if (!seen) [key, value].forEach((x) => x.fill(NaN, i * keyRow, (i + 1) * keyRow));
      });
    }
    return { key, value, mask, count, spans: drawn.spans?.[s] ?? [everything(count)] };
  });
  await backends.compare(JSON.stringify(drawn), (backend) => {
    const hold = (x: Float32Array, count: number) =>
      backend.run(quantizeHeads, backend.floats(x, [batch, count, keyRow]), { heads: keyHeads });
    const held = sources.map(({ key, value, mask, count, spans }, s) => ({
      keys: hold(key, count),
      values: drawn.holdsValues
        ? hold(value, count)
        : backend.floats(value, [batch, count, keyRow]),
      ...{ first: 0, count, spans },
      ...(isMasked && { mask: backend.integers(mask, [batch, count]) }),
      ...(drawn.own && s === keys.length - 1 && {
        query: backend.floats(query.toReversed(), [batch, queries, row]),
      }),
    }));
    const x = backend.floats(query, [batch, queries, row]);
    const { position } = drawn;
    const part = { first: 0, count: queries, position, weights: "q8" as const, sources: held };
    return [backend.attend(x, [part], {
      ...{ heads, keyHeads },
      ...(isMasked && { queryMask: backend.integers(queryMask, [batch, queries]) }),
    })];
  }, visible);
}

/** Weights of integers. */
export async function roundedWeightsCases(backends: ComparedBackends, step: Step): Promise<void> {
  await step("weighs in 8 bits each number of keys and queries", async () => {
    for (const keys of [1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 200]) {
      await check(backends, { queries: 6, keys: [keys], width: 8 });
    }
    for (const queries of [1, 4, 5, 6, 20, 21, 128, 129]) {
      await check(backends, { queries, keys: [33], width: 16, heads: 1 });
    }
  });

  await step("weighs in 8 bits values of each width", async () => {
    for (const width of [1, 3, 8, 9, 15, 16, 17, 64, 80, 255, 256]) {
      await check(backends, { queries: 7, keys: [50], width });
    }
    await check(backends, { queries: 7, keys: [65], width: 255, heads: 1 });
  });

  await step("weighs in 8 bits masks, spans, shared heads, other sources", async () => {
    const sizes = { queries: 70, keys: [70, 9, 40], width: 12, heads: 1 };
    const local = { block: 8, stride: 8, start: -8, end: 16, causal: false };
    const blocks = { ...local, block: 32, stride: 16, start: -8, end: 24 };
    for (const isMasked of [false, true]) {
      for (const span of [local, blocks, slidingWindow(3, 4), everything(70, true)]) {
        await check(backends, { ...sizes, spans: [[span]], isMasked });
        await check(backends, { ...sizes, spans: [[span]], isMasked, position: 5 });
      }
      await check(backends, { ...sizes, isMasked, own: true });
    }
    await check(backends, { ...sizes, heads: 6, keyHeads: 2 });
    await check(backends, { ...sizes, queries: 4, holdsValues: true });
    await check(backends, { ...sizes, spans: [[slidingWindow(100, 0)]], keys: [200] });
  });

  await step("weighs in 8 bits scores and values of any size", async () => {
    const sizes = { queries: 6, keys: [40, 200], width: 16 };
    for (const factor of [0, 1e-30, 1e-3, 30, 1e4, 1e30]) {
      await check(backends, { ...sizes, factor });
    }
    for (const factor of [0, 2 ** -120, 1e30]) {
      await check(backends, {
        ...sizes,
        spoil: (_, value) => value.forEach((v, i) => value[i] = v * factor),
      });
    }
    const areNaN: typeof assertSame = (actual, expected) =>
      actual.forEach((values, i) =>
        assertEquals(Array.from(values, isNaN), Array.from(expected[i], isNaN))
      );
    for (const value of [NaN, Infinity]) {
      for (const at of [0, 1]) {
        await check(
          backends,
          { ...sizes, spans: [[slidingWindow(3, 3)]], spoil: (...x) => x[at][100] = value },
          areNaN,
        );
      }
    }
  });
}
