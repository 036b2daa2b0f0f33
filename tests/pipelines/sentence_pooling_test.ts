import { assertEquals, assertRejects } from "@std/assert";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { readSentencePooling } from "../../pipelines/sentence_pooling.ts";

const module = (type: string, path = "") => ({
  type: `sentence_transformers.models.${type}`,
  path,
});
const TRANSFORMER = module("Transformer");
const POOLING = module("Pooling", "1_Pooling");
const NORMALIZE = module("Normalize", "2_Normalize");
const MEAN = { pooling_mode_mean_tokens: true, pooling_mode_cls_token: false };

function read(modules: unknown, pooling?: unknown) {
  return readSentencePooling(
    new MemorySource({
      "modules.json": typeof modules === "string" ? modules : JSON.stringify(modules),
      ...(pooling !== undefined && { "1_Pooling/config.json": JSON.stringify(pooling) }),
    }),
  );
}

Deno.test("readSentencePooling() returns undefined for other checkpoints", async () => {
  assertEquals(await readSentencePooling(new MemorySource({})), undefined);
});

Deno.test("readSentencePooling() reads pooling and normalisation", async () => {
  assertEquals(await read([TRANSFORMER, POOLING, NORMALIZE], MEAN), {
    pooling: "mean",
    normalize: true,
  });
  const cls = {
    pooling_mode_cls_token: true,
    pooling_mode_mean_tokens: false,
    include_prompt: true,
  };
  assertEquals(await read([TRANSFORMER, POOLING], cls), { pooling: "cls", normalize: false });
  assertEquals(await read([TRANSFORMER]), { pooling: "none", normalize: false });
});

const REFUSED: [string, unknown, unknown, typeof Error, string][] = [
  ["no JSON", "[", undefined, SyntaxError, "modules.json"],
  ["no list", {}, undefined, SyntaxError, "must list modules"],
  ["no modules", [1], undefined, SyntaxError, "must list modules"],
  ["no module at all", [], undefined, RangeError, "wanted Transformer"],
  [
    "a dense layer",
    [TRANSFORMER, POOLING, module("Dense", "2_Dense")],
    MEAN,
    RangeError,
    "Transformer, Pooling, Dense",
  ],
  ["a model in a folder", [module("Transformer", "0_T")], undefined, RangeError, "no folder"],
  ["no pooling config", [TRANSFORMER, POOLING], undefined, RangeError, "no pooling_mode"],
  [
    "the maximum",
    [TRANSFORMER, POOLING],
    { pooling_mode_max_tokens: true },
    RangeError,
    "pooling_mode_max_tokens: wanted one of pooling_mode_mean_tokens",
  ],
  [
    "two poolings at once",
    [TRANSFORMER, POOLING],
    { pooling_mode_max_tokens: true, ...MEAN },
    RangeError,
    "pooling_mode_max_tokens, pooling_mode_mean_tokens",
  ],
  [
    "a way out of the checkpoint",
    [TRANSFORMER, module("Pooling", "../1_Pooling")],
    MEAN,
    RangeError,
    "plain name",
  ],
];

for (const [name, modules, pooling, errorType, message] of REFUSED) {
  Deno.test(`readSentencePooling() refuses ${name}`, async () => {
    await assertRejects(() => read(modules, pooling), errorType, message);
  });
}
