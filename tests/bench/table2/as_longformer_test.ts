import { assert, assertEquals, assertRejects } from "@std/assert";
import { asLongformer } from "../../../bench/table2/as_longformer.ts";
import { FolderSource, MemorySource } from "../../../checkpoint/mod.ts";
import { openBackend } from "../../../device.ts";
import { AutoModelForSequenceClassification } from "../../../models/mod.ts";

const SOURCE = new FolderSource("tests/golden/heads/roberta_sequence_classification");

Deno.test("a window that sees everything gives the RoBERTa's own scores", async () => {
  using backend = await openBackend("cpu");
  const load = AutoModelForSequenceClassification.from_pretrained;
  using full = await load(SOURCE, { device: backend });
  using long = await load(await asLongformer(SOURCE, 64, 64), { device: backend });
  const input_ids = [[0, 5, 6, 9, 8, 7, 12, 2]];
  const [wanted, got] = [await full({ input_ids }), await long({ input_ids })];
  assertEquals(got.logits.dims, wanted.logits.dims);
  wanted.logits.data.forEach((value, i) => {
    assert(Math.abs(got.logits.data[i] - value) < 1e-5, `${got.logits.data[i]}, wanted ${value}`);
  });
});

Deno.test("the first token is global: the last one counts, however narrow the window", async () => {
  using backend = await openBackend("cpu");
  using model = await AutoModelForSequenceClassification.from_pretrained(
    await asLongformer(SOURCE, 64, 2),
    { device: backend },
  );
  const scores = async (last: number) => {
    const text = [...Array.from({ length: 40 }, () => 5), last];
    return [...(await model({ input_ids: [[0, ...text, 2]] })).logits.data];
  };
  const [one, other] = [await scores(6), await scores(9)];
  assert(one.some((score, i) => Math.abs(score - other[i]) > 1e-5));
});

Deno.test("asLongformer() needs a RoBERTa", async () => {
  const bert = new MemorySource({ "config.json": JSON.stringify({ model_type: "bert" }) });
  await assertRejects(() => asLongformer(bert, 64, 8), RangeError, "bert");
});
