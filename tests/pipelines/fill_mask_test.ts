import { assert, assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import type { ConversionOptions } from "../../checkpoint/conversion/conversion_options.ts";
import { CpuBackend } from "../../cpu/backend.ts";
import { type FillMaskOptions, type FillMaskResult, pipeline } from "../../pipelines/mod.ts";
import { checkCase, type FillMaskCase } from "./fill_mask_goldens.ts";

/** Output of tools/make_pipeline_goldens.py. */
interface Goldens {
  source: string;
  models: { lsg: ConversionOptions | null; cases: FillMaskCase[] }[];
}

const root = new URL("../golden/", import.meta.url);
const goldens: Goldens = JSON.parse(
  await Deno.readTextFile(new URL("pipelines/fill_mask.json", root)),
);
const MODEL = fromFileUrl(new URL(goldens.source, root));

for (const { lsg, cases } of goldens.models) {
  for (const golden of cases) {
    const model = lsg ? "an LSG" : "a vanilla";
    Deno.test(`fill-mask of ${model} model as in Python: ${golden.name}`, async () => {
      await using unmasker = await load(lsg ?? undefined);
      await checkCase(unmasker, golden);
    });
  }
}

Deno.test("fill-mask releases all memory that it allocates on a backend", async () => {
  const backend = new CpuBackend();
  const before = backend.memory();
  const unmasker = await pipeline("fill-mask", MODEL, { device: backend });
  const loaded = backend.memory();
  assert(loaded.bytes > before.bytes);
  await unmasker(["the <mask>", "<mask> old <mask>"]);
  assertEquals(backend.memory(), loaded);
  await assertRejects(() => unmasker(`${"the ".repeat(600)}<mask>`), RangeError);
  assertEquals(backend.memory(), loaded);
  unmasker.dispose();
  assertEquals(backend.memory(), before);
});

Deno.test("fill-mask calls layer_callback after each layer", async () => {
  await using unmasker = await load();
  const seen: unknown[] = [];
  await unmasker("the <mask>", { layer_callback: (done) => seen.push(done) });
  assertEquals(seen, [{ layer: 1, layers: 1 }]);
  const layer_callback = () => Promise.reject(new Error("no more"));
  await assertRejects(() => unmasker("the <mask>", { layer_callback }), Error, "no more");
});

Deno.test("fill-mask refuses a text that is too long, or truncates it on request", async () => {
  await using unmasker = await load();
  const text = `<mask>${" the".repeat(600)}`;
  const error = await assertRejects(() => unmasker(text), RangeError);
  assert(error.message.includes("512"), error.message);
  assert(error.message.includes("the option truncation"), error.message);
  const [best] = await unmasker(text, { truncation: true }) as FillMaskResult[];
  // 512 tokens without <s> and </s>; the filled mask is one of them.
  assertEquals(best.sequence.split(" the").length - 1, 509);
});

Deno.test("fill-mask of a converted model reads texts of the new length", async () => {
  await using unmasker = await load({ max_sequence_length: 1024, block_size: 32 });
  assertEquals(unmasker.tokenizer.model_max_length, 1024);
  const words = await unmasker(`<mask>${" the".repeat(600)}`, { truncation: true });
  assertEquals((words as FillMaskResult[])[0].sequence.split(" the").length - 1, 600);
});

const REFUSED: [string, unknown, unknown, typeof Error, string][] = [
  [
    "a text without a mask",
    "the river",
    {},
    RangeError,
    "Cannot fill text 0: the mask token <mask>",
  ],
  ["one text of several without a mask", ["<mask>", "river"], {}, RangeError, "Cannot fill text 1"],
  [
    "a mask that was cut off",
    `${"the ".repeat(600)}<mask>`,
    { truncation: true },
    RangeError,
    "first 512 tokens",
  ],
  ["no texts", [], {}, RangeError, "empty"],
  ["a number for a text", 7, {}, TypeError, "text"],
  ["a number among texts", ["<mask>", 7], {}, TypeError, "text"],
  ["top_k 0", "<mask>", { top_k: 0 }, RangeError, "top_k 0"],
  ["top_k 1.5", "<mask>", { top_k: 1.5 }, RangeError, "top_k 1.5"],
  ["top_k NaN", "<mask>", { top_k: NaN }, RangeError, "top_k NaN"],
  ["an unknown option", "<mask>", { topk: 3 }, TypeError, "topk"],
  ["a target that is not a string", "<mask>", { targets: [3] }, TypeError, "targets"],
  ["targets that are not a list", "<mask>", { targets: 3 }, TypeError, "targets"],
  ["no targets", "<mask>", { targets: [] }, RangeError, "no targets"],
  ["an empty target", "<mask>", { targets: [""] }, RangeError, '""'],
];

for (const [name, texts, options, errorType, message] of REFUSED) {
  Deno.test(`fill-mask refuses ${name}`, async () => {
    await using unmasker = await load();
    const call = () => unmasker(texts as string, options as FillMaskOptions);
    await assertRejects(call, errorType, message);
  });
}

Deno.test("fill-mask checks targets before it runs the model", async () => {
  await using unmasker = await load();
  let layers = 0;
  const layer_callback = () => void layers++;
  await assertRejects(() => unmasker("<mask>", { targets: [], layer_callback }), RangeError);
  assertEquals(layers, 0);
});

function load(lsg?: ConversionOptions) {
  return pipeline("fill-mask", MODEL, lsg && { lsg });
}
