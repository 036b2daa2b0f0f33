import type { OperationName, SelectShape } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import type { Check, ComparedBackends, Step } from "./compared_backends.ts";

/** The operations that make sparse lists. */
export type SelectName = Extract<OperationName, `select${string}`>;

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

/** The tokens of a list. */
export interface SelectOperands extends Pick<SelectShape, "chunk" | "factor"> {
  readonly query: Float32Array;
  /** NaN where they are masked. */
  readonly keys: Float32Array;
  readonly values: Float32Array;
  /** Of a head. */
  readonly width: number;
}

/** The results that a backend may compute: copies of the same bits, or means within a bound. */
export type SelectCheck = (name: SelectName, operands: SelectOperands) => Check;

/** Whether entries are means of tokens; all others are copies. */
export function isMean(name: SelectName): boolean {
  return name === "selectPooling" || name === "selectBosPooling" || name === "selectLsh";
}

/**
 * Selects, and compares.
 *
 * @param check What is allowed of a list that was made of these operands.
 */
export async function checkSelect(
  backends: ComparedBackends,
  name: SelectName,
  drawn: SelectCase,
  check: SelectCheck,
): Promise<void> {
  const { tokens, block, factor, chunk = block, batch = 2, heads = 3, width = 5 } = drawn;
  const { first = 0, rounds = 1, masked = 0, ties = false } = drawn;
  const random = new Random(tokens);
  const rows = first + tokens;
  const dims = [batch, rows, heads * width];
  const size = batch * rows * heads * width;
  const keyValues = backends.draw(size, 1).map((value) => ties ? Math.round(value) : value);
  const mask = new Int32Array(batch * tokens).map(() =>
    masked > 0 && random.uniform() * masked < 1 ? 0 : 1
  );
  mask.forEach((visible, i) => {
    const row = Math.floor(i / tokens) * rows + first + i % tokens;
    if (!visible) keyValues.fill(NaN, row * heads * width, (row + 1) * heads * width);
  });
  const projections = Array.from({ length: rounds }, (_, round) => {
    const columns = Math.floor((round === rounds - 1 ? chunk / factor : chunk) / 2);
    return { values: backends.draw(heads * width * columns, round), dims: [heads, width, columns] };
  });
  const shape = { heads, first, tokens, block, factor, chunk };
  const [query, values] = [backends.draw(size, 2), backends.draw(size, 3)];
  await backends.compare(`${name} ${JSON.stringify(drawn)}`, (backend) => {
    const [q, k, v] = [query, keyValues, values].map((x) => backend.floats(x, dims));
    const visible = backend.integers(mask, [batch, tokens]);
    const matrices = () => projections.map(({ values, dims }) => backend.floats(values, dims));
    const list = name === "selectBosPooling"
      ? backend.selectBosPooling(q, k, v, visible, shape)
      : name === "selectLsh"
      ? backend.selectLsh(k, v, visible, matrices(), shape)
      : backend[name](k, v, visible, shape);
    return [list.keys, list.values, list.mask];
  }, check(name, { query, keys: keyValues, values, width, chunk, factor }));
}

/** Lists of one kind, around blocks and chunks, with masks and ties. */
export async function selectCases(
  backends: ComparedBackends,
  step: Step,
  name: SelectName,
  check: SelectCheck,
): Promise<void> {
  await step("around blocks and chunks, with masks and ties", async () => {
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
          await checkSelect(backends, name, { ...drawn, masked, ties }, check);
        }
      }
    }
  });

  if (name !== "selectLsh") return;
  await step("in several rounds", async () => {
    for (const rounds of [2, 3]) {
      const drawn = { tokens: 50, block: 16, factor: 4, rounds, masked: 4 };
      await checkSelect(backends, name, drawn, check);
    }
  });
}
