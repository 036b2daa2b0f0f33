/** Planted faults in the operations of the attention patterns that the paper compares with. */
import { attendFeatures } from "../../ops/attend_features.ts";
import { attendHashed } from "../../ops/attend_hashed.ts";
import type { Integers } from "../../ops/backend.ts";
import type { AnyCall, Operation } from "../../ops/operation.ts";
import { CpuBackend } from "../../cpu/backend.ts";
import { assertDetected } from "./assert_detected.ts";

type FeatureArguments = Parameters<CpuBackend["attendFeatures"]>;
type HashedArguments = Parameters<CpuBackend["attendHashed"]>;

/** The CPU backend with a fault in the arguments of attention. */
class FaultyBackend extends CpuBackend {
  readonly #faults: ReadonlyMap<unknown, (...args: never) => unknown>;

  constructor(
    features: (...args: FeatureArguments) => FeatureArguments = (...args) => args,
    hashed: (...args: HashedArguments) => HashedArguments = (...args) => args,
  ) {
    super();
    this.#faults = new Map<unknown, (...args: never) => unknown>([
      [attendFeatures, features],
      [attendHashed, hashed],
    ]);
  }

  override run<Call extends AnyCall>(
    operation: Operation<Call>,
    ...args: Parameters<Call>
  ): ReturnType<Call> {
    const fault = this.#faults.get(operation) as
      | ((...args: Parameters<Call>) => Parameters<Call>)
      | undefined;
    return super.run(operation, ...fault ? fault(...args) : args);
  }
}

/** The CPU backend that gathers the row after each requested one. */
class NextRows extends CpuBackend {
  constructor() {
    super();
    const { gatherRows } = this;
    this.gatherRows = (x, rows) => {
      const next = rows.data.map((row) => Math.min(row + 1, x.dims[1] - 1));
      return gatherRows.call(this, x, this.integers(next, rows.dims));
    };
  }
}

function allVisible({ data, dims }: Integers): Integers {
  return new CpuBackend().integers(data.map(() => 1), dims);
}

const SUMS = ["linear", "efficient", "performer"];

Deno.test("a missing mask of linear or hashed attention is detected", async () => {
  const unmasked = new FaultyBackend(
    (q, k, v, mask, options) => [q, k, v, allVisible(mask), options],
    (q, v, mask, ...rest) => [q, v, allVisible(mask), ...rest],
  );
  for (const pattern of SUMS) await assertDetected(`${pattern}/t30_d8_holes`, unmasked, "no mask");
  await assertDetected("reformer/t200_d4_holes", unmasked, "no mask");
});

Deno.test("a wrong feature map is detected", async () => {
  const maps = { linear: "softmax", efficient: "elu" } as const;
  for (const [pattern, map] of Object.entries(maps)) {
    const other = new FaultyBackend((
      q,
      k,
      v,
      mask,
      options,
    ) => [q, k, v, mask, { ...options, map }]);
    await assertDetected(`${pattern}/t30_d8_holes`, other, map);
  }
});

Deno.test("a chunk that is one token longer or shorter is detected", async () => {
  for (const by of [-1, 1]) {
    const other = new FaultyBackend(undefined, (q, v, mask, projection, chunk) => {
      return [q, v, mask, projection, chunk + by];
    });
    await assertDetected("reformer/t321_d3_padded", other, `chunk ${by}`);
  }
});

Deno.test("wrong random blocks are detected", async () => {
  await assertDetected("bigbird/b4_r3_t48_full", new NextRows(), "the next row");
});
