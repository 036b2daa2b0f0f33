import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { openBackend } from "../../../device.ts";
import { AutoModelForMaskedLM, AutoModelForSequenceClassification } from "../../../models/mod.ts";
import { AutoTokenizer } from "../../../tokenizer/mod.ts";
import {
  Collator,
  type Example,
  exampleBatches,
  type ExampleBatchesOptions,
  type ExampleData,
  openExamples,
  readJsonLines,
} from "../../../training/data/mod.ts";
import { orderOf } from "../../../training/data/order.ts";
import { goldenPath } from "../../models/golden_models.ts";

const device = await openBackend("cpu");
const classifier = await AutoModelForSequenceClassification.from_pretrained(
  goldenPath("heads/bert_sequence_classification"),
  { device },
);
const collator = new Collator(classifier);

/** Examples of 1 to 9 tokens; the first one after `[CLS]` tells which. */
const EXAMPLES: Example[] = Array.from({ length: 21 }, (_, i) => ({
  input_ids: [2, 5 + i, ...new Array(i % 7).fill(4), 3],
  label: i % 3,
}));

/** Which examples are in each batch of an epoch. */
async function batchesOf(
  data: ExampleData,
  options: ExampleBatchesOptions,
  epoch = 0,
  from = 0,
): Promise<number[][]> {
  const batches = await exampleBatches(data, collator, options);
  const made: number[][] = [];
  for await (const { input_ids } of batches.epoch(epoch, from)) {
    made.push((input_ids.tolist() as number[][]).map((row) => row[1] - 5));
  }
  return made;
}

const sorted = (batches: number[][]) => batches.flat().sort((a, b) => a - b);
const ALL = EXAMPLES.map((_, i) => i);

Deno.test("without a seed the order is that of the data, with drop_last in full batches", async () => {
  const batches = await batchesOf(EXAMPLES, { batch_size: 4 });
  assertEquals(batches.flat(), ALL);
  assertEquals(batches.map((batch) => batch.length), [4, 4, 4, 4, 4, 1]);
  const full = await batchesOf(EXAMPLES, { batch_size: 4, drop_last: true });
  assertEquals(full, batches.slice(0, 5));
});

Deno.test("each epoch has an order of its own, which depends on the seed alone", async () => {
  const options = { batch_size: 4, seed: 42 };
  const first = await batchesOf(EXAMPLES, options);
  assertEquals(sorted(first), ALL);
  assertEquals(await batchesOf(EXAMPLES, options), first);
  const second = await batchesOf(EXAMPLES, options, 1);
  assertEquals(sorted(second), ALL);
  assertNotEquals(second, first);
  assertNotEquals(await batchesOf(EXAMPLES, { ...options, seed: 7 }), first);
  // A training that goes on in the middle of an epoch.
  assertEquals(await batchesOf(EXAMPLES, options, 1, 3), second.slice(3));
  assertEquals(await batchesOf(EXAMPLES, options, 1, 6), []);
});

Deno.test("group_by_length puts similar lengths together, the longest first", async () => {
  const many = Array.from({ length: 10 }, () => EXAMPLES).flat();
  const lengths = async (options: ExampleBatchesOptions) => {
    const { epoch } = await exampleBatches(many, collator, options);
    const padding: number[] = [];
    let first: number | undefined;
    for await (const { input_ids, attention_mask } of epoch(0)) {
      first ??= input_ids.dims[1];
      padding.push(attention_mask!.data.reduce((count, seen) => count + 1 - seen, 0));
    }
    return { first, padding: padding.reduce((sum, count) => sum + count) };
  };
  const plain = await lengths({ batch_size: 5, seed: 1 });
  const grouped = await lengths({ batch_size: 5, seed: 1, group_by_length: true });
  assertEquals(grouped.first, 9);
  assert(grouped.padding < plain.padding / 3, `${grouped.padding}, ${plain.padding}`);
  const options = { batch_size: 4, seed: 1, group_by_length: true };
  const batches = await batchesOf(EXAMPLES, options);
  assertEquals(sorted(batches), ALL);
  assertEquals(await batchesOf(EXAMPLES, options, 0, 2), batches.slice(2));
});

Deno.test("group_by_length sorts chunks of 50 steps, as LengthGroupedSampler does", async () => {
  const many = Array.from({ length: 50 }, () => EXAMPLES.slice(0, 20)).flat();
  for (const [gradient_accumulation_steps, chunks] of [[1, 20], [4, 5]]) {
    const { epoch } = await exampleBatches(many, collator, {
      batch_size: 1,
      seed: 1,
      group_by_length: true,
      gradient_accumulation_steps,
    });
    let [runs, last] = [0, 0];
    for await (const { input_ids: { dims: [, length] } } of epoch(0)) {
      if (length > last) runs++;
      last = length;
    }
    assertEquals(runs, chunks);
  }
});

Deno.test("orders are permutations for every count, sorted in chunks", () => {
  for (let count = 0; count < 70; count++) {
    for (const sizeOf of [undefined, (i: number) => (i * 7) % 11]) {
      const order = orderOf(count, { seed: count, epoch: 3, stepSize: 2, sizeOf });
      assertEquals([...order].sort((a, b) => a - b), [...Array(count).keys()]);
      if (!sizeOf || count === 0) continue;
      assertEquals(sizeOf(order[0]), Math.max(...order.map(sizeOf)));
    }
  }
  assertEquals(orderOf(3, { epoch: 0, stepSize: 1 }), [0, 1, 2]);
  // A large seed and epoch wrap.
  orderOf(3, { seed: 0xffff_ffff, epoch: 5, stepSize: 1 });
});

Deno.test("lists, iterables, generators and files give the same batches", async () => {
  const lines = EXAMPLES.map((example) => JSON.stringify(example) + "\n");
  async function* slowly() {
    for (const example of EXAMPLES) yield await Promise.resolve(example);
  }
  const options = { batch_size: 4, seed: 9 };
  const wanted = await batchesOf(EXAMPLES, options);
  for (
    const data of [new Set(EXAMPLES), EXAMPLES.values(), slowly(), readJsonLines(new Blob(lines))]
  ) {
    assertEquals(await batchesOf(data, options), wanted);
  }
  // A generator is used up by one reading, but its examples serve all epochs.
  const { epoch } = await exampleBatches(slowly(), collator, options);
  for (const number of [0, 1]) {
    let count = 0;
    for await (const { input_ids } of epoch(number)) count += input_ids.dims[0];
    assertEquals(count, EXAMPLES.length);
  }
});

Deno.test("examples are read and tokenised when they are needed", async () => {
  const file = readJsonLines(
    new Blob(['{"input_ids": [2, 3], "label": 0}\n', '{"input_ids": [2, 3], "label": "none"}\n']),
  );
  const { epoch } = await exampleBatches(file, collator, { batch_size: 1 });
  const batches = epoch(0)[Symbol.asyncIterator]();
  assertEquals((await batches.next()).done, false);
  await assertRejects(
    () => batches.next(),
    RangeError,
    'the Blob:2, label: there is no label "none"',
  );
  const lists = await exampleBatches([{ label: 0 }], collator, { batch_size: 1, name: "train" });
  const [first] = [lists.epoch(0)[Symbol.asyncIterator]()];
  await assertRejects(() => first.next(), TypeError, "train[0]: it has no text, but label");
});

Deno.test("hidden words of a resumed epoch are the same", async () => {
  const tokenizer = await AutoTokenizer.from_pretrained(goldenPath("tokenizer/bert_uncased"));
  const model = await AutoModelForMaskedLM.from_pretrained(goldenPath("models/bert"), { device });
  const words = new Collator(model, tokenizer, { seed: 3 });
  const texts = EXAMPLES.map((_, i) => ({ text: `she said ${i} times that they were home` }));
  const { epoch } = await exampleBatches(texts, words, { batch_size: 4, seed: 3 });
  const read = async (from: number) =>
    (await Array.fromAsync(epoch(2, from))).map(({ input_ids, labels }) => [
      input_ids.tolist(),
      labels!.tolist(),
    ]);
  assertEquals(await read(2), (await read(0)).slice(2));
});

Deno.test("long lists are opened, and later changes of them do not count", async () => {
  const list: Example[] = Array.from({ length: 200_000 }, (_, label) => ({ label }));
  const examples = await openExamples(list);
  list.length = 0;
  assertEquals(examples.length, 200_000);
  assertEquals((await examples.at(199_999)).value, { label: 199_999 });
});

Deno.test("what holds no examples is refused", async () => {
  const options = { batch_size: 2 };
  const cases: [unknown, string][] = [
    [5, "Cannot read examples from 5: wanted an array"],
    [null, "Cannot read examples from null"],
    ["train.jsonl", "readJsonLines() or readCsv()"],
    [[{ text: "a" }, "b"], 'examples[1]: it is "b", wanted an object'],
    [[["a"]], 'examples[0]: it is ["a"]'],
    [new Set([1]), "examples[0]: it is 1"],
  ];
  for (const [data, message] of cases) {
    await assertRejects(() => openExamples(data as ExampleData), TypeError, message);
  }
  for (const wrong of [{ batch_size: 0 }, { batch_size: 1.5 }, { ...options, seed: -1 }]) {
    await assertRejects(() => exampleBatches(EXAMPLES, collator, wrong), RangeError);
  }
  await assertRejects(
    () => exampleBatches(EXAMPLES, collator, { ...options, shuffle: true } as never),
    TypeError,
    "shuffle",
  );
});
