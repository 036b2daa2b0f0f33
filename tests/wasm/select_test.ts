import type { Backend, SelectShape, SparseList } from "../../backend.ts";
import { Random } from "../../random.ts";
import { assertSame, type Check, type Floors, testOnFloors, UNIT } from "./floors.ts";
import { draw } from "./rows.ts";

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

/** Copies are the same bits; means may fall on the other side of one rounding. */
const means: Check = (actual, expected) => {
  assertSame(actual.slice(2), expected.slice(2));
  for (const part of [0, 1]) {
    actual[part].forEach((value, i) => {
      const wanted = expected[part][i];
      if (Math.abs(value - wanted) <= 2 * UNIT * Math.abs(wanted)) return;
      throw new Error(`value ${i} is ${value}, wanted ${wanted} within one rounding`);
    });
  }
};

async function check(floors: Floors, type: Type, drawn: Case): Promise<void> {
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
  await floors.compare(`${type} ${JSON.stringify(drawn)}`, (backend) => {
    const [query, keys, values] = [draw(size, 2), keyValues, draw(size, 3)].map((x) =>
      backend.floats(x, dims)
    );
    const visible = backend.integers(mask, [batch, tokens]);
    const list = type === "bos_pooling"
      ? backend.selectBosPooling(query, keys, values, visible, shape)
      : type === "lsh"
      ? backend.selectLsh(
        keys,
        values,
        visible,
        projections.map(({ values, dims }) => backend.floats(values, dims)),
        shape,
      )
      : plainSelect(type, backend)(keys, values, visible, shape);
    return [list.keys, list.values, list.mask];
  }, type === "pooling" || type === "bos_pooling" || type === "lsh" ? means : assertSame);
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
          for (const ties of [false, true]) await check(floors, type, { ...drawn, masked, ties });
        }
      }
    });
  }

  await step("lsh in several rounds", async () => {
    for (const rounds of [2, 3]) {
      await check(floors, "lsh", { tokens: 50, block: 16, factor: 4, rounds, masked: 4 });
    }
  });

  await step("of chunks that are larger than a thread's own memory", async () => {
    const sizes = { tokens: 513, block: 512, factor: 256, batch: 1, heads: 2 };
    await check(floors, "lsh", { ...sizes, width: 129 });
    await check(floors, "norm", { ...sizes, width: 2 });
  });
});
