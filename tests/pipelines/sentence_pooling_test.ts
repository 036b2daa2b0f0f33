import { assertEquals, assertRejects } from "@std/assert";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { readSentenceTransformer } from "../../pipelines/sentence_pooling.ts";

const module = (type: string, path = "") => ({
  type: `sentence_transformers.models.${type}`,
  path,
});
const TRANSFORMER = module("Transformer");
const POOLING = module("Pooling", "1_Pooling");
const NORMALIZE = module("Normalize", "2_Normalize");
const MEAN = { pooling_mode_mean_tokens: true, pooling_mode_cls_token: false };

function read(modules: unknown, pooling?: unknown) {
  return readSentenceTransformer(
    new MemorySource({
      "modules.json": typeof modules === "string" ? modules : JSON.stringify(modules),
      ...(pooling !== undefined && { "1_Pooling/config.json": JSON.stringify(pooling) }),
    }),
  );
}

Deno.test("readSentenceTransformer() returns undefined for other checkpoints", async () => {
  assertEquals(await readSentenceTransformer(new MemorySource({})), undefined);
});

Deno.test("readSentenceTransformer() reads pooling and normalization", async () => {
  const settings = async (modules: unknown, pooling?: unknown) => {
    const { pooling: name, normalize } = (await read(modules, pooling))!.settings;
    return [name, normalize];
  };
  assertEquals(await settings([TRANSFORMER, POOLING, NORMALIZE], MEAN), ["mean", true]);
  const cls = {
    pooling_mode_cls_token: true,
    pooling_mode_mean_tokens: false,
    include_prompt: true,
  };
  assertEquals(await settings([TRANSFORMER, POOLING], cls), ["cls", false]);
  assertEquals(await settings([TRANSFORMER]), ["none", false]);
  const max = { pooling_mode_max_tokens: true };
  assertEquals(await settings([TRANSFORMER, POOLING], { ...max, ...MEAN }), [
    ["max", "mean"],
    false,
  ]);
});

Deno.test("readSentenceTransformer() reads a path with any number of slashes and dots", async () => {
  const pooling = module("Pooling", `.//1_Pooling${"/".repeat(200_000)}.`);
  assertEquals((await read([TRANSFORMER, pooling], MEAN))!.settings.pooling, "mean");
});

const REFUSED: [string, unknown, unknown, typeof Error, string][] = [
  ["no JSON", "[", undefined, SyntaxError, "modules.json"],
  ["no list", {}, undefined, SyntaxError, "must list modules"],
  ["no modules", [1], undefined, SyntaxError, "must list modules"],
  ["no module at all", [], undefined, RangeError, "wanted Transformer"],
  ["pooling twice", [TRANSFORMER, POOLING, POOLING], MEAN, RangeError, "Pooling, Pooling"],
  [
    "words of its own",
    [module("WordEmbeddings"), POOLING],
    MEAN,
    RangeError,
    '"WordEmbeddings, Pooling": wanted Transformer',
  ],
  ["no pooling config", [TRANSFORMER, POOLING], undefined, RangeError, "does not exist"],
  [
    "an unknown pooling",
    [TRANSFORMER, POOLING],
    { pooling_mode: "median" },
    RangeError,
    '"median": wanted mean, cls, max',
  ],
  [
    "an unknown pooling of the old kind",
    [TRANSFORMER, POOLING],
    { pooling_mode_median_tokens: true, ...MEAN },
    RangeError,
    "pooling_mode_median_tokens",
  ],
  ["all rows", [TRANSFORMER, POOLING], { pooling_mode: "none" }, RangeError, '"none"'],
  ["no pooling at all", [TRANSFORMER, POOLING], { pooling_mode: [] }, RangeError, '""'],
  [
    "a way out of the checkpoint",
    [TRANSFORMER, module("Pooling", "../1_Pooling")],
    MEAN,
    RangeError,
    "plain name",
  ],
];

for (const [name, modules, pooling, errorType, message] of REFUSED) {
  Deno.test(`readSentenceTransformer() refuses ${name}`, async () => {
    await assertRejects(() => read(modules, pooling), errorType, message);
  });
}
