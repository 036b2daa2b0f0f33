import { assert } from "@std/assert";
import type { Backend, SelectShape, SparseList } from "../../backend.ts";
import { Random } from "../../random.ts";
import { largestLength, largestMagnitude } from "../../verify/bounds.ts";
import { assertSame, type Check, draw, type Floors, testOnFloors, UNIT, within } from "./floors.ts";

type Type = "norm" | "stride" | "block_stride" | "pooling" | "bos_pooling" | "lsh";
const TYPES: readonly Type[] = ["norm", "stride", "block_stride", "pooling", "bos_pooling", "lsh"];

interface Case {
  readonly tokens: number;
  readonly block: number;
  readonly factor: number;
  readonly chunk?: number;
  readonly batch?: number;
  readonly heads?: number;
  readonly width?: number;
  readonly first?: number;
  readonly rounds?: number;
  /** One in so many is masked; 1: all; 0: none. */
  readonly masked?: number;
  /** Whether keys are few whole numbers, so that norms and scores tie. */
  readonly ties?: boolean;
}

/**
 * Masks and copies are the same bits. A mean of n tokens is off by at most `(n + 2)·u·max|x|`.
 *
 * With weights the exponentials come to that, which WGSL lets be off by `3 + 2|x|` units in the
 * last place, 2u each, above and below the division; they are of differences of scores, at most
 * `2S`, and a score of at most `S` is itself off by `(width + 2)·u·S`.
 */
function means(bound: number): Check {
  return (actual, expected, store) => {
    assertSame(actual.slice(2), expected.slice(2), store);
    for (const part of [0, 1]) {
      within(() => bound)(actual.slice(part, part + 1), expected.slice(part, part + 1), store);
    }
  };
}

/** Norms of different keys have to be further apart than float32 sums are off. */
function assertNormsApart(keys: Float32Array, width: number): void {
  const norms = Array.from({ length: keys.length / width }, (_, i) => {
    const key = keys.subarray(i * width, (i + 1) * width);
    return key.reduce((sum, value) => sum + value * value, 0);
  }).filter((norm) => norm > 0).sort((a, b) => a - b);
  norms.slice(1).forEach((norm, i) => {
    const gap = norm - norms[i];
    assert(
      gap === 0 || gap > 2 * (width + 1) * UNIT * norm,
      "draw other keys: norms are too close",
    );
  });
}

async function compare(floors: Floors, type: Type, drawn: Case): Promise<void> {
  const { tokens, block, factor, chunk = block, batch = 2, heads = 3, width = 5 } = drawn;
  const { first = 0, rounds = 1, masked = 0, ties = false } = drawn;
  const random = new Random(tokens);
  const rows = first + tokens;
  const dims = [batch, rows, heads * width];
  const size = batch * rows * heads * width;
  const keyValues = draw(size, 1).map((value) => ties ? Math.round(value) : value);
  const mask = new Int32Array(batch * tokens).map(() =>
    masked > 0 && random.uniform() * masked < 1 ? 0 : 1
  );
  mask.forEach((visible, i) => {
    const row = Math.floor(i / tokens) * rows + first + i % tokens;
    if (!visible) keyValues.fill(NaN, row * heads * width, (row + 1) * heads * width);
  });
  const projections = Array.from({ length: rounds }, (_, round) => {
    const columns = Math.floor((round === rounds - 1 ? chunk / factor : chunk) / 2);
    return { values: draw(heads * width * columns, round), dims: [heads, width, columns] };
  });
  const shape = { heads, first, tokens, block, factor, chunk };
  const [query, values] = [draw(size, 2), draw(size, 3)];
  const visibleKeys = keyValues.map((value) => Number.isNaN(value) ? 0 : value);
  if (type === "norm") assertNormsApart(visibleKeys, width);
  const score = largestLength(query, width) * largestLength(visibleKeys, width) / Math.sqrt(width);
  const weights = 2 * (2 * (3 + 4 * score) + 2 * (width + 2) * score);
  const roundings = Math.max(factor, chunk) + 3 + (type === "bos_pooling" ? weights : 0);
  const largest = Math.max(largestMagnitude(visibleKeys), largestMagnitude(values));
  const check = TYPES.indexOf(type) < 3 ? assertSame : means(roundings * UNIT * largest);
  await floors.compare(`${type} ${JSON.stringify(drawn)}`, (backend) => {
    const [q, k, v] = [query, keyValues, values].map((x) => backend.floats(x, dims));
    const visible = backend.integers(mask, [batch, tokens]);
    const list = type === "bos_pooling"
      ? backend.selectBosPooling(q, k, v, visible, shape)
      : type === "lsh"
      ? backend.selectLsh(
        k,
        v,
        visible,
        projections.map(({ values, dims }) => backend.floats(values, dims)),
        shape,
      )
      : plainSelect(type, backend)(k, v, visible, shape);
    return [list.keys, list.values, list.mask];
  }, check);
}

type PlainSelect = (
  keys: SparseList["keys"],
  values: SparseList["values"],
  mask: SparseList["mask"],
  shape: SelectShape,
) => SparseList;

function plainSelect(type: Type, backend: Backend): PlainSelect {
  const selects: Partial<Record<Type, PlainSelect>> = {
    norm: (...operands) => backend.selectNorm(...operands),
    stride: (...operands) => backend.selectStride(...operands),
    block_stride: (...operands) => backend.selectBlockStride(...operands),
    pooling: (...operands) => backend.selectPooling(...operands),
  };
  return selects[type]!;
}

testOnFloors("select", async (floors, step) => {
  for (const type of TYPES) {
    await step(type, async () => {
      const sizes: Case[] = [
        { tokens: 1, block: 1, factor: 1 },
        { tokens: 8, block: 4, factor: 2 },
        { tokens: 9, block: 4, factor: 2, first: 3 },
        { tokens: 23, block: 8, factor: 4, chunk: 4, heads: 9 },
        { tokens: 40, block: 12, factor: 3, chunk: 6, first: 1, batch: 1 },
        { tokens: 64, block: 32, factor: 8, width: 64, heads: 1 },
        { tokens: 12, block: 6, factor: 6, width: 1 },
        { tokens: 0, block: 4, factor: 2 },
      ];
      for (const drawn of sizes) {
        for (const masked of [0, 3, 1]) {
          for (const ties of [false, true]) await compare(floors, type, { ...drawn, masked, ties });
        }
      }
    });
  }

  await step("lsh in several rounds", async () => {
    for (const rounds of [2, 3]) {
      await compare(floors, "lsh", { tokens: 50, block: 16, factor: 4, rounds, masked: 4 });
    }
  });

  await step("of chunks that are larger than a workgroup", async () => {
    const sizes = { tokens: 513, block: 512, factor: 256, batch: 1, heads: 2 };
    await compare(floors, "lsh", { ...sizes, width: 9 });
    await compare(floors, "norm", { ...sizes, width: 9 });
  });
});
