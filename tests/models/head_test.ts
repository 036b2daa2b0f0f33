import { assertEquals } from "@std/assert";
import { parseConfig } from "../../checkpoint/parse_config.ts";
import { MemoryWeights } from "../../checkpoint/memory_weights.ts";
import { CpuBackend } from "../../cpu/backend.ts";
import { BERT } from "../../families/bert.ts";
import type { Family } from "../../families/families.ts";
import type { BlockParts } from "../../models/blocks.ts";
import { runHead } from "../../models/head.ts";
import { Parameters } from "../../models/parameters.ts";

const WEIGHTS: [string, number[], number[]][] = [
  ["embeddings.word_embeddings.weight", [3, 2], [1, 0, 0, 1, 1, 1]],
  ["untied.weight", [3, 2], [2, 0, 0, 2, 2, 2]],
  ["bias", [3], [0, 10, 20]],
  ["dense.weight", [2, 2], [1, 1, 1, -1]],
  ["dense.bias", [2], [0, 0]],
  ["norm.weight", [2], [1, 1]],
  ["norm.bias", [2], [0, 5]],
  ["one.weight", [1, 2], [1, 0]],
  ["one.bias", [1], [100]],
];
const DENSE = { name: "dense", outputs: "hidden_size", activation: "hidden_act" } as const;
const ONE = { name: "one", outputs: 1 } as const;

async function makeParts(
  keys: Record<string, unknown> = {},
  family: Family = BERT,
): Promise<BlockParts> {
  const backend = new CpuBackend();
  const weights = new MemoryWeights(
    WEIGHTS.map(([name, dims, values]) => [name, { dims, data: new Float32Array(values) }]),
  );
  const parameters = await Parameters.load(backend, weights);
  const config = parseConfig({ model_type: "bert", hidden_act: "relu", ...keys });
  return { backend, parameters, config, family };
}

/** `[1, 2, 2]`: the rows (1, 2) and (3, 1). */
const rows = ({ backend }: BlockParts) => backend.floats(new Float32Array([1, 2, 3, 1]), [1, 2, 2]);

Deno.test("runHead() runs its layers one after the other, with the config's activation", async () => {
  const parts = await makeParts();
  const level = parts.backend.memory();
  const x = rows(parts);
  // Sums and differences without negative ones, then the first column + 100.
  const output = runHead(parts, { rows: "all", layers: [DENSE, ONE] }, x);
  assertEquals(output.tolist(), [[[103], [104]]]);
  x.dispose();
  output.dispose();
  assertEquals(parts.backend.memory(), level);
});

Deno.test("runHead() normalises after the activation", async () => {
  const parts = await makeParts({ layer_norm_eps: 1e-12 });
  const output = runHead(parts, { rows: "all", layers: [{ ...DENSE, norm: "norm" }] }, rows(parts));
  // (3, 0) and (4, 2) become (1, −1), and 5 is added to the second column.
  assertEquals(output.tolist(), [[[1, 4], [1, 4]]]);
});

Deno.test("runHead() scores words by the word table, or by weights of their own", async () => {
  const head = { rows: "all", layers: [], words: { decoder: "untied", bias: "bias" } } as const;
  const tied = await makeParts();
  assertEquals(runHead(tied, head, rows(tied)).tolist(), [
    [[1, 12, 23], [3, 11, 24]],
  ]);
  const untied = await makeParts({ tie_word_embeddings: false });
  assertEquals(runHead(untied, head, rows(untied)).tolist(), [
    [[2, 14, 26], [6, 12, 28]],
  ]);
});

Deno.test("runHead() returns one row a sequence if the head reads the first rows", async () => {
  const parts = await makeParts();
  const x = parts.backend.floats(new Float32Array([1, 2, 7, 0]), [2, 1, 2]);
  const level = parts.backend.memory();
  const output = runHead(parts, { rows: "first", layers: [DENSE, ONE] }, x);
  assertEquals(output.tolist(), [[103], [107]]);
  assertEquals(parts.backend.memory().tensors, level.tensors + 1);
});

Deno.test("runHead() has no biases where the family has none, and the family's norm", async () => {
  const words = { decoder: "untied" } as const;
  const head = { rows: "all", layers: [{ ...DENSE, norm: "norm" }], words } as const;
  const keys = { layer_norm_eps: 1e-12 };
  const layer = await makeParts(keys, { ...BERT, hasBias: () => false });
  // (3, 0) and (4, 2) become (1, −1); their words' scores are the coordinates and the sum.
  assertEquals(runHead(layer, head, rows(layer)).tolist(), [[[1, -1, 0], [1, -1, 0]]]);
  const rms = await makeParts(keys, { ...BERT, normKind: "rms" });
  const [first, second] = [Math.sqrt(2), 4 / Math.sqrt(10)].map(Math.fround);
  const scores = runHead(rms, head, rows(rms)).tolist() as number[][][];
  assertEquals(scores[0].map(([x]) => x), [first, second]);
});
