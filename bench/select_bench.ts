import { lshProjections, resolveLsgParameters } from "../attention/mod.ts";
import type { SelectShape, SparseList } from "../ops/backend.ts";
import { availableBackends, openBackend } from "../device.ts";
import { Random } from "../tensor/random.ts";

const TOKENS = 1024;
const HEADS = 4;
const WIDTH = 64;

const parameters = resolveLsgParameters({ sparsity_type: "lsh" });
const shape: SelectShape = {
  heads: HEADS,
  first: 0,
  tokens: TOKENS,
  block: parameters.block_size,
  factor: parameters.sparsity_factor,
  chunk: parameters.block_size,
};

for (const name of await availableBackends()) {
  const backend = await openBackend(name);
  const random = new Random(0);
  const dims = [1, TOKENS, HEADS * WIDTH];
  const rows = () => backend.floats(random.normals(TOKENS * HEADS * WIDTH), dims);
  const [query, keys, values] = [rows(), rows(), rows()];
  const mask = backend.integers(new Int32Array(TOKENS).fill(1), [1, TOKENS]);
  const projections = lshProjections(parameters, { heads: HEADS, width: WIDTH, layer: 0, seed: 0 })
    .map((values) => backend.floats(values, [HEADS, WIDTH, values.length / (HEADS * WIDTH)]));
  const types: Record<string, () => SparseList> = {
    norm: () => backend.selectNorm(keys, values, mask, shape),
    pooling: () => backend.selectPooling(keys, values, mask, shape),
    bos_pooling: () => backend.selectBosPooling(query, keys, values, mask, shape),
    lsh: () => backend.selectLsh(keys, values, mask, projections, shape),
    stride: () => backend.selectStride(keys, values, mask, shape),
    block_stride: () => backend.selectBlockStride(keys, values, mask, shape),
  };
  for (const [type, select] of Object.entries(types)) {
    Deno.bench({
      name: type,
      group: `select, ${TOKENS} tokens of ${HEADS} heads of width ${WIDTH}, ${name}`,
      baseline: type === "norm",
      fn: async () => {
        const list = select();
        await list.values.getData();
        Object.values(list).forEach((tensor) => tensor.dispose());
      },
    });
  }
}
