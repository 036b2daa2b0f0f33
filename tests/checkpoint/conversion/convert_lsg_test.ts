import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import type { ModelConfig } from "../../../families/model_config.ts";
import type { ConversionOptions } from "../../../checkpoint/conversion/conversion_options.ts";
import type { Checkpoint } from "../../../checkpoint/checkpoint.ts";
import { convertToLsg } from "../../../checkpoint/conversion/convert_lsg.ts";
import { resolveModelWeights } from "../../../checkpoint/model_weights.ts";
import { FolderSource } from "../../../checkpoint/folder_source.ts";
import { readCheckpoint } from "../../../checkpoint/read_checkpoint.ts";
import type { Head } from "../../../families/families.ts";
import { openSafetensors } from "../../../checkpoint/safetensors_reader.ts";
import { positionCount } from "../../../models/position_ids.ts";
import { editWeights, tinyConfig, tinyWeights } from "../tiny_checkpoint.ts";

const GLOBALS = "roberta.embeddings.global_embeddings.weight";
const POSITIONS = "roberta.embeddings.position_embeddings.weight";

// Checkpoints, and the results of the published converter.
const FOLDER = fromFileUrl(new URL("../../golden/conversion", import.meta.url));
const golden = await openSafetensors((await new FolderSource(FOLDER).open("golden.safetensors"))!);
interface GoldenCase {
  name: string;
  parameters: ConversionOptions & { source: string };
  config: Record<string, unknown>;
  model_max_length: number;
}
const CASES: GoldenCase[] = JSON.parse(golden.metadata.get("cases")!);

for (const { name, parameters: { source, ...options }, config, model_max_length } of CASES) {
  Deno.test(`convertToLsg() matches the published converter, tensor for tensor: ${name}`, async () => {
    const original = await readCheckpoint(new FolderSource(`${FOLDER}/${source}`));
    const converted = await convertToLsg(original, options);
    const changed = golden.names().filter((each) => each.startsWith(`${name}/`))
      .map((each) => each.slice(name.length + 1));
    // resize_lsg keeps the globals; a length of 1,024 keeps the positions of a table of 1,024.
    assert(changed.some((each) => /(position|global)_embeddings.weight$/.test(each)));
    const kept = options.architecture === undefined ? original.weights.names() : [];
    const expected = new Set([...kept, ...changed]);
    assertEquals(converted.weights.names().sort(), [...expected].sort());
    for (const each of expected) {
      const wanted = changed.includes(each)
        ? await golden.load(`${name}/${each}`)
        : await original.weights.load(each);
      assertEquals(await converted.weights.load(each), wanted, each);
    }
    const { auto_map: _, ...wantedConfig } = config;
    assertEquals(converted.config.raw, wantedConfig);
    assertEquals(positionCount(converted.config), model_max_length);
  });
}

/** Makes a tiny checkpoint; its tokenizer has `<s>` = 0 and `<mask>` = 4. */
async function makeTiny(head: Head, config: ModelConfig): Promise<Checkpoint> {
  return {
    config,
    weights: await tinyWeights(config, head),
    specialTokens: { bos: 0, cls: 2, mask: 4 },
  };
}

const makeVanilla = (overrides = {}) =>
  makeTiny("MaskedLM", tinyConfig({ architectures: ["RobertaForMaskedLM"], ...overrides }));

/** Converts a checkpoint, and returns the warnings too. */
async function convert(
  checkpoint: Checkpoint,
  options: ConversionOptions,
  head?: Head,
): Promise<Checkpoint & { warnings: string[] }> {
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const converted = await convertToLsg(checkpoint, { max_sequence_length: 1024, ...options }, {
    warn,
    head,
  });
  return { ...converted, warnings };
}

Deno.test("convertToLsg() keeps unknown config keys and drops auto_map", async () => {
  const checkpoint = await makeVanilla({ auto_map: { AutoModel: "x.py" }, task: "books" });
  const { config } = await convert(checkpoint, { block_size: 64, sparse_block_size: 64 });
  assertEquals(config.raw.task, "books");
  assertEquals("auto_map" in config.raw, false);
  assertEquals(config.raw.block_size, 64);
  assertEquals(config.lsg?.sparse_block_size, 64);
  assertEquals(config.max_position_embeddings, 1026);
  assertEquals(checkpoint.config.raw.max_position_embeddings, 514);
});

Deno.test("convertToLsg() in memory can be resolved for any head", async () => {
  const { config, weights } = await convert(await makeVanilla(), {});
  for (const head of ["Model", "MaskedLM"] as const) {
    const name = "embeddings.global_embeddings.weight";
    assertEquals(resolveModelWeights(weights, config, head).dims(name), [512, 4]);
  }
});

Deno.test("convertToLsg() warns of global tokens for a decoder that is not there", async () => {
  const { warnings } = await convert(await makeVanilla(), { pass_global_tokens_to_decoder: false });
  assertEquals(warnings, [
    "pass_global_tokens_to_decoder has no effect: a roberta model has no decoder",
  ]);
});

Deno.test("convertToLsg() keeps the pooler for a caller that runs the bare model", async () => {
  const checkpoint = await makeTiny("Model", tinyConfig({ architectures: ["RobertaForMaskedLM"] }));
  const { config, weights, warnings } = await convert(checkpoint, {}, "Model");
  assertEquals(config.architectures, ["LSGRobertaModel"]);
  assertEquals(weights.has("pooler.dense.weight"), true);
  assertEquals(warnings, []);
});

Deno.test("convertToLsg() chooses the head by the tensors if the config names no class", async () => {
  const { config } = await convert(await makeVanilla({ architectures: null }), {});
  assertEquals(config.architectures, ["LSGRobertaForMaskedLM"]);
  const bare = await convert(await makeTiny("Model", tinyConfig()), {});
  assertEquals(bare.config.architectures, ["LSGRobertaModel"]);
});

Deno.test("convertToLsg() draws a head that the checkpoint lacks, and warns", async () => {
  const checkpoint = await makeTiny("Model", tinyConfig({ architectures: ["RobertaModel"] }));
  const options = { architecture: "RobertaForMaskedLM", seed: 5 };
  const { weights, config, warnings } = await convert(checkpoint, options);
  assertEquals(config.architectures, ["LSGRobertaForMaskedLM"]);
  assertEquals(warnings.length, 1);
  assert(warnings[0].includes("lm_head.dense.weight, lm_head.dense.bias"), warnings[0]);
  assertEquals(weights.has("roberta.pooler.dense.weight"), false);
  assertEquals(await weights.load("lm_head.layer_norm.weight"), new Float32Array(4).fill(1));
  const dense = await weights.load("lm_head.dense.weight");
  assertEquals(
    await (await convert(checkpoint, options)).weights.load("lm_head.dense.weight"),
    dense,
  );
  const other = await convert(checkpoint, { ...options, seed: 6 });
  assertNotEquals(await other.weights.load("lm_head.dense.weight"), dense);
});

Deno.test("convertToLsg() draws nothing unless another architecture is requested", async () => {
  const named = tinyConfig({ architectures: ["RobertaForMaskedLM"] });
  const checkpoint = await makeTiny("Model", named);
  await assertRejects(() => convert(checkpoint, {}), RangeError, "missing: lm_head.dense.weight");
  const broken = await makeVanilla();
  const weights = await editWeights(
    await tinyWeights(broken.config, "MaskedLM"),
    (name) => name.includes("query") ? undefined : name,
  );
  await assertRejects(
    () => convert({ ...broken, weights }, { architecture: "RobertaModel" }),
    RangeError,
    "missing: encoder.layer.0.attention.self.query.weight",
  );
});

Deno.test("convertToLsg() lists the supported architectures", async () => {
  const options = { architecture: "RobertaForPreTraining" };
  await assertRejects(async () => convert(await makeVanilla(), options), RangeError, "supported:");
});

Deno.test("convertToLsg() takes bos, else cls, else the config's bos", async () => {
  const checkpoint = await makeVanilla({ bos_token_id: 7 });
  const words = await checkpoint.weights.load("roberta.embeddings.word_embeddings.weight");
  const positions = await checkpoint.weights.load(POSITIONS);
  for (const [specialTokens, id] of [[{ bos: 0, cls: 2 }, 0], [{ cls: 2 }, 2], [{}, 7]] as const) {
    const { weights } = await convert(
      { ...checkpoint, specialTokens: { ...specialTokens, mask: 4 } },
      {},
    );
    const row = (await weights.load(GLOBALS)).slice(0, 4);
    assertEquals(row, words.slice(4 * id, 4 * id + 4).map((word, i) => word + positions[8 + i]));
  }
});

Deno.test("convertToLsg() requires the special tokens of its global embeddings", async () => {
  const checkpoint = await makeVanilla({ bos_token_id: null });
  const assertMissing = (specialTokens: object, message: string) =>
    assertRejects(() => convert({ ...checkpoint, specialTokens }, {}), RangeError, message);
  await assertMissing({ mask: 4 }, "has no bos or cls token");
  await assertMissing({ bos: 0 }, "has no mask token");
  await assertMissing({ bos: 20, mask: 4 }, "has id 20, wanted an id below vocab_size 20");
});

Deno.test("convertToLsg() needs the mask token for global tokens that are in use only", async () => {
  const checkpoint = { ...await makeVanilla(), specialTokens: { bos: 0, mask: 20 } };
  const warnings: string[] = [];
  const settings = { warn: (message: string) => void warnings.push(message) };
  const { weights } = await convertToLsg(checkpoint, {}, settings);
  assertEquals(warnings.length, 1);
  assertMatch(warnings[0], /the mask token has id 20.*made from the bos or cls token/);
  const withMask = { ...checkpoint, specialTokens: { bos: 0, mask: 4 } };
  const wanted = await (await convert(withMask, {})).weights.load(GLOBALS);
  assertEquals((await weights.load(GLOBALS)).slice(0, 4), wanted.slice(0, 4));
  await assertRejects(
    () => convert(checkpoint, { num_global_tokens: 2 }),
    RangeError,
    "wanted an id below vocab_size 20, or num_global_tokens 1, or random_global_init true",
  );
});

Deno.test("convertToLsg() draws random globals from the seed, without a mask token", async () => {
  const checkpoint = { ...await makeVanilla(), specialTokens: { bos: 0 } };
  const globals = async (seed: number) =>
    (await convert(checkpoint, { random_global_init: true, seed })).weights.load(GLOBALS);
  const drawn = await globals(1);
  assertEquals(await globals(1), drawn);
  const other = await globals(2);
  assertEquals(other.slice(0, 4), drawn.slice(0, 4));
  assertNotEquals(other.slice(4), drawn.slice(4));
});

Deno.test("convertToLsg() does not add token types in this family", async () => {
  const checkpoint = await makeVanilla();
  const [on, off] = await Promise.all(
    [true, false].map(async (use_token_ids) =>
      (await convert(checkpoint, { use_token_ids })).weights.load(GLOBALS)
    ),
  );
  assertEquals(on, off);
});

Deno.test("convertToLsg() of an LSG checkpoint replaces all globals, all but the first, or none", async () => {
  const checkpoint = await makeTiny("MaskedLM", tinyConfig({ base_model_prefix: "lsg" }));
  const old = await checkpoint.weights.load(GLOBALS);
  const replaced = await convert(checkpoint, {});
  const first = await convert(checkpoint, { keep_first_global_token: true });
  const all = await convert(checkpoint, { resize_lsg: true });
  const globals = await Promise.all(
    [replaced, first, all].map(({ weights }) => weights.load(GLOBALS)),
  );
  assertNotEquals(globals[0].slice(0, 4), old.slice(0, 4));
  assertEquals(globals[1].slice(0, 4), old.slice(0, 4));
  assertEquals(globals[1].slice(4), globals[0].slice(4));
  assertEquals(globals[2], old);
  assertEquals([replaced, first, all].map(({ warnings }) => warnings.length), [1, 1, 0]);
  assertEquals(all.weights.dims(POSITIONS), [1026, 4]);
  assertEquals(await all.weights.load(POSITIONS), await replaced.weights.load(POSITIONS));
});

Deno.test("convertToLsg() warns if there are no globals to keep", async () => {
  const plain = await convert(await makeVanilla(), {});
  const kept = await convert(await makeVanilla(), { keep_first_global_token: true });
  assertEquals(plain.warnings, []);
  assertEquals(kept.warnings.length, 1);
  assertEquals(await kept.weights.load(GLOBALS), await plain.weights.load(GLOBALS));
});

Deno.test("convertToLsg() throws on invalid LSG parameters and strides", async () => {
  const checkpoint = await makeVanilla();
  await assertRejects(() => convert(checkpoint, { sparsity_factor: 3 }), RangeError, "factor");
  await assertRejects(
    () => convert(checkpoint, { global_positional_stride: 48 }),
    RangeError,
    "48",
  );
});
