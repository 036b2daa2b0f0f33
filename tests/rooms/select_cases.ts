import { assertThrows } from "@std/assert";
import type { Backend, SelectShape, SparseList } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import type { Check, Floors, Step } from "./floors.ts";

/** How a list is made. */
export type SelectType = "norm" | "stride" | "block_stride" | "pooling" | "bos_pooling" | "lsh";
const TYPES: readonly SelectType[] = [
  "norm",
  "stride",
  "block_stride",
  "pooling",
  "bos_pooling",
  "lsh",
];

/** Sizes of a list, and which tokens are masked. */
export interface SelectCase {
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

/** What a list was made of. */
export interface SelectOperands extends Pick<SelectShape, "chunk" | "factor"> {
  readonly query: Float32Array;
  /** NaN where they are masked. */
  readonly keys: Float32Array;
  readonly values: Float32Array;
  /** Of a head. */
  readonly width: number;
}

/** What a floor may give: copies of the same bits, or means within a bound. */
export type SelectCheck = (type: SelectType, operands: SelectOperands) => Check;

/** Whether entries are means of tokens; all others are copies. */
export function isMean(type: SelectType): boolean {
  return type === "pooling" || type === "bos_pooling" || type === "lsh";
}

/**
 * Selects, and compares.
 *
 * @param check What is allowed of a list that was made of these operands.
 */
export async function checkSelect(
  floors: Floors,
  type: SelectType,
  drawn: SelectCase,
  check: SelectCheck,
): Promise<void> {
  const { tokens, block, factor, chunk = block, batch = 2, heads = 3, width = 5 } = drawn;
  const { first = 0, rounds = 1, masked = 0, ties = false } = drawn;
  const random = new Random(tokens);
  const rows = first + tokens;
  const dims = [batch, rows, heads * width];
  const size = batch * rows * heads * width;
  const keyValues = floors.draw(size, 1).map((value) => ties ? Math.round(value) : value);
  const mask = new Int32Array(batch * tokens).map(() =>
    masked > 0 && random.uniform() * masked < 1 ? 0 : 1
  );
  mask.forEach((visible, i) => {
    const row = Math.floor(i / tokens) * rows + first + i % tokens;
    if (!visible) keyValues.fill(NaN, row * heads * width, (row + 1) * heads * width);
  });
  const projections = Array.from({ length: rounds }, (_, round) => {
    const columns = Math.floor((round === rounds - 1 ? chunk / factor : chunk) / 2);
    return { values: floors.draw(heads * width * columns, round), dims: [heads, width, columns] };
  });
  const shape = { heads, first, tokens, block, factor, chunk };
  const [query, values] = [floors.draw(size, 2), floors.draw(size, 3)];
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
  }, check(type, { query, keys: keyValues, values, width, chunk, factor }));
}

type PlainSelect = (
  keys: SparseList["keys"],
  values: SparseList["values"],
  mask: SparseList["mask"],
  shape: SelectShape,
) => SparseList;

function plainSelect(type: SelectType, backend: Backend): PlainSelect {
  const selects: Partial<Record<SelectType, PlainSelect>> = {
    norm: (...operands) => backend.selectNorm(...operands),
    stride: (...operands) => backend.selectStride(...operands),
    block_stride: (...operands) => backend.selectBlockStride(...operands),
    pooling: (...operands) => backend.selectPooling(...operands),
  };
  return selects[type]!;
}

/** Lists of each type, around blocks and chunks, with masks and ties. */
export async function selectCases(floors: Floors, step: Step, check: SelectCheck): Promise<void> {
  for (const type of TYPES) {
    await step(type, async () => {
      const sizes: SelectCase[] = [
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
          for (const ties of [false, true]) {
            await checkSelect(floors, type, { ...drawn, masked, ties }, check);
          }
        }
      }
    });
  }

  await step("lsh in several rounds", async () => {
    for (const rounds of [2, 3]) {
      const drawn = { tokens: 50, block: 16, factor: 4, rounds, masked: 4 };
      await checkSelect(floors, "lsh", drawn, check);
    }
  });

  await step("lsh refuses projections that do not fit its rounds", () => {
    const shape = { heads: 2, first: 0, tokens: 4, block: 4, factor: 2, chunk: 4 };
    for (const backend of floors.all) {
      const x = backend.floats(new Float32Array(16), [1, 4, 4]);
      const mask = backend.integers(new Int32Array(4), [1, 4]);
      const columns = (count: number) => backend.floats(new Float32Array(4 * count), [2, 2, count]);
      const run = (...counts: number[]) => () =>
        backend.scope(() => backend.selectLsh(x, x, mask, counts.map(columns), shape));
      assertThrows(run(), RangeError, "no projections");
      assertThrows(run(2), TypeError, "projection 0 has the shape [2,2,2], wanted [2,2,1]");
      assertThrows(run(1, 1), TypeError, "projection 0 has the shape [2,2,1], wanted [2,2,2]");
      [x, mask].forEach((tensor) => tensor.dispose());
    }
  });
}
