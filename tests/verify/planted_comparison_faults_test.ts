/** Faults in the rooms of the attentions that the paper compares with. */
import type { Integers } from "../../ops/backend.ts";
import { CpuBackend } from "../../cpu/backend.ts";
import { assertFound } from "./assert_found.ts";

type FeatureArguments = Parameters<CpuBackend["attendFeatures"]>;
type HashedArguments = Parameters<CpuBackend["attendHashed"]>;

/** The CPU backend with a fault in what it is asked to attend to. */
class FaultyBackend extends CpuBackend {
  constructor(
    features: (...args: FeatureArguments) => FeatureArguments = (...args) => args,
    hashed: (...args: HashedArguments) => HashedArguments = (...args) => args,
  ) {
    super();
    const { attendFeatures, attendHashed } = this;
    this.attendFeatures = (...args) => attendFeatures.call(this, ...features(...args));
    this.attendHashed = (...args) => attendHashed.call(this, ...hashed(...args));
  }
}

/** The CPU backend that gathers the row after each that it is asked for. */
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

Deno.test("a mask that attentions by features or by buckets leave out is found", async () => {
  const unmasked = new FaultyBackend(
    (q, k, v, mask, options) => [q, k, v, allVisible(mask), options],
    (q, v, mask, ...rest) => [q, v, allVisible(mask), ...rest],
  );
  for (const pattern of SUMS) await assertFound(`${pattern}/t30_d8_holes`, unmasked, "no mask");
  await assertFound("reformer/t200_d4_holes", unmasked, "no mask");
});

Deno.test("other features are found", async () => {
  const maps = { linear: "softmax", efficient: "elu" } as const;
  for (const [pattern, map] of Object.entries(maps)) {
    const other = new FaultyBackend((
      q,
      k,
      v,
      mask,
      options,
    ) => [q, k, v, mask, { ...options, map }]);
    await assertFound(`${pattern}/t30_d8_holes`, other, map);
  }
});

Deno.test("a chunk of buckets that is one token longer or shorter is found", async () => {
  for (const by of [-1, 1]) {
    const other = new FaultyBackend(undefined, (q, v, mask, projection, chunk) => {
      return [q, v, mask, projection, chunk + by];
    });
    await assertFound("reformer/t321_d3_padded", other, `chunk ${by}`);
  }
});

Deno.test("random blocks that are another row are found", async () => {
  await assertFound("bigbird/b4_r3_t48_full", new NextRows(), "the next row");
});
