import { assertEquals, assertRejects } from "@std/assert";
import type { FeatureExtractionOptions } from "../../pipelines/mod.ts";
import type { Pooling } from "../../pipelines/pool.ts";
import { assertResult, loadTask, testTask } from "./task_goldens.ts";

await testTask(
  "feature-extraction",
  (extractor, texts, { name, options }) =>
    Promise.all(texts.map(async (text) => {
      const tensor = await extractor(text, name === "the checkpoint's" ? {} : options);
      return (tensor.tolist() as unknown[])[0];
    })),
  (actual, wanted, delta) => assertResult({ scores: actual }, { scores: wanted }, () => delta),
);

Deno.test("feature-extraction of other checkpoints does not pool by default", async () => {
  using extractor = await loadTask("feature-extraction", "bert_nli");
  const plain = await extractor("the sea");
  assertEquals(plain.dims, [1, 5, 8]);
  const asked = await extractor("the sea", { pooling: "none", normalize: false });
  assertEquals(plain.tolist(), asked.tolist());
});

Deno.test("feature-extraction without pooling has zeros after shorter texts", async () => {
  using extractor = await loadTask("feature-extraction", "bert_sentences");
  const none = { pooling: "none", normalize: false } as const;
  const batch = await extractor(["the sea", "the sea and the war"], none);
  assertEquals(batch.dims, [2, 9, 8]);
  const [short] = batch.tolist() as number[][][];
  const [alone] = (await extractor("the sea", none)).tolist() as number[][][];
  assertEquals(short, [...alone, ...new Array(4).fill(new Array(8).fill(0))]);
});

Deno.test("cls and lasttoken compute one row of the last layer, with the same bits", async () => {
  using extractor = await loadTask("feature-extraction", "bert_sentences");
  const { backend } = extractor.model;
  const { feedForward } = backend;
  let last = 0;
  backend.feedForward = (x, ...rest) => {
    last = x.dims[1];
    return feedForward.call(backend, x, ...rest);
  };
  const run = async (pooling: Pooling) => {
    const { data } = await extractor("the sea", { pooling, normalize: false });
    return { data, last };
  };
  const none = await run("none");
  assertEquals(none.last, 5);
  assertEquals(await run("cls"), { data: none.data.slice(0, 8), last: 1 });
  assertEquals(await run("lasttoken"), { data: none.data.slice(-8), last: 1 });
  assertEquals((await run("mean")).last, 5);
});

const REFUSED: [string, unknown, typeof Error, string][] = [
  ["an unknown pooling", { pooling: "median" }, RangeError, '"median": wanted "mean" or "cls"'],
  ["a flag for pooling", { pooling: true }, TypeError, "pooling true"],
  ["a word for normalize", { normalize: "yes" }, TypeError, "normalize"],
  ["quantized", { quantized: true }, TypeError, "quantized: wanted pooling, normalize"],
  ["a precision of 4 bits", { precision: "int4" }, RangeError, 'wanted "binary" or "ubinary"'],
];

const refusing = await loadTask("feature-extraction", "bert_sentences");

for (const [name, options, errorType, message] of REFUSED) {
  Deno.test(`feature-extraction refuses ${name}`, async () => {
    const call = () => refusing("the", options as FeatureExtractionOptions);
    await assertRejects(call, errorType, message);
  });
}
