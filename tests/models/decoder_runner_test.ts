import { assert, assertEquals, assertRejects } from "@std/assert";
import { Random } from "../../tensor/random.ts";
import { CountingBackend, type Launch } from "../helpers/counting_backend.ts";
import { testOnBackends } from "../helpers/test_on_backends.ts";
import { maskOf } from "./golden_models.ts";
import { assertModelClose, disposeAll, drawIds, loadSeq2Seq, SEQ2SEQ } from "./seq2seq_models.ts";
import "../helpers/quiet_reference.ts";

testOnBackends("cached steps give what a full pass gives", SEQ2SEQ, async ({ name }, device) => {
  const model = await loadSeq2Seq(name, { device });
  const random = new Random(1);
  const lengths = [33, 22];
  const documents = {
    input_ids: lengths.map(() => drawIds(random, 33)),
    attention_mask: maskOf(lengths, 33),
  };
  const ids = lengths.map(() => drawIds(random, 12));
  const full = await model({ ...documents, decoder_input_ids: ids });
  const V = model.config.vocab_size;
  const wanted = await full.logits.getData();
  const logitsAt = (i: number) =>
    Float32Array.from(
      [0, 1].flatMap((b) => [...wanted.slice((b * 12 + i) * V, (b * 12 + i + 1) * V)]),
    );
  // A prompt of 3 ids, then one at a time, then the last 4 at once; a small cache that must grow, at first
  // to more than twice its size.
  const runner = await model.startDecoding(documents, 2);
  let done = 3;
  let logits = await runner.start(ids.map((row) => row.slice(0, done)));
  for (const count of [1, 1, 1, 1, 1, 4]) {
    assertModelClose(device, model, await logits.getData(), logitsAt(done - 1));
    logits.dispose();
    logits = await runner.step(
      ids.map((row, parent) => ({ parent, ids: row.slice(done, done + count) })),
    );
    done += count;
  }
  assertModelClose(device, model, await logits.getData(), logitsAt(11));
  logits.dispose();
  runner.dispose();
  disposeAll(full);
  model.dispose();
});

testOnBackends("rows that fork and change places", SEQ2SEQ, async ({ name }, device) => {
  const model = await loadSeq2Seq(name, { device });
  const random = new Random(2);
  const input_ids = [drawIds(random, 29), drawIds(random, 29)];
  const runner = await model.startDecoding({ input_ids });
  (await runner.start([[2], [2]])).dispose();
  (await runner.step([
    { parent: 1, ids: [5] },
    { parent: 0, ids: [6] },
    { parent: 0, ids: [7] },
  ])).dispose();
  // The first row is kept without an id; one of document 0's rows is dropped, the other forks.
  const none = await runner.step([
    { parent: 2, ids: [8] },
    { parent: 0, ids: [] },
    { parent: 2, ids: [9] },
  ]);
  assertEquals(none.dims, [2, model.config.vocab_size]);
  none.dispose();
  const logits = await runner.step([
    { parent: 1, ids: [10] },
    { parent: 2, ids: [11] },
    { parent: 0, ids: [12] },
  ]);
  const rows = [[2, 5, 10], [2, 7, 9, 11], [2, 7, 8, 12]];
  const documents = [1, 0, 0];
  const V = model.config.vocab_size;
  const data = await logits.getData();
  for (const [i, row] of rows.entries()) {
    const full = await model({
      input_ids: [input_ids[documents[i]]],
      decoder_input_ids: [row],
    });
    const last = (await full.logits.getData()).slice(-V);
    assertModelClose(device, model, data.slice(i * V, (i + 1) * V), last);
    disposeAll(full);
  }
  logits.dispose();
  runner.dispose();
  model.dispose();
});

Deno.test("layer_callback counts the layers of all documents", async () => {
  const model = await loadSeq2Seq("bart_lsg_norm", { device: "cpu" });
  const heard: [number, number][] = [];
  const runner = await model.startDecoding({
    input_ids: [drawIds(new Random(3), 9), drawIds(new Random(4), 9)],
    layer_callback: ({ layer, layers }) => heard.push([layer, layers]),
  });
  const layers = 2 * model.config.num_hidden_layers;
  assertEquals(heard, Array.from({ length: layers }, (_, i) => [i + 1, layers]));
  runner.dispose();
  model.dispose();
});

Deno.test("padding behind a document costs nothing", async () => {
  const backend = new CountingBackend();
  const model = await loadSeq2Seq("bart_lsg_norm", { device: backend });
  const ids = [29, 17].map((count) => drawIds(new Random(count), count));
  const rowsOf = async (inputs: Parameters<typeof model.startDecoding>[0]) => {
    backend.takeLaunches();
    (await model.startDecoding(inputs)).dispose();
    return linearRows(backend.takeLaunches());
  };
  const alone = [
    ...await rowsOf({ input_ids: [ids[0]] }),
    ...await rowsOf({ input_ids: [ids[1]] }),
  ];
  const padded = {
    input_ids: [ids[0], [...ids[1], ...Array(12).fill(1)]],
    attention_mask: maskOf([29, 17], 29),
  };
  assertEquals(await rowsOf(padded), alone);
  model.dispose();
});

Deno.test("the memory of a document is released with the last row that continues it", async () => {
  const backend = new CountingBackend();
  const model = await loadSeq2Seq("bart_lsg_norm", { device: backend });
  const input_ids = [drawIds(new Random(3), 29), drawIds(new Random(4), 29)];
  const loaded = backend.memory();
  await assertRejects(() => model.startDecoding({ input_ids }, -1), RangeError);
  assertEquals(backend.memory(), loaded);
  const runner = await model.startDecoding({ input_ids }, 20);
  (await runner.start([[2], [2]])).dispose();
  const both = backend.memory().tensors;
  // A row that adds nothing keeps its document.
  (await runner.step([{ parent: 0, ids: [5] }, { parent: 1, ids: [] }])).dispose();
  assertEquals(backend.memory().tensors, both);
  (await runner.step([{ parent: 1, ids: [6] }])).dispose();
  // A key and a value in each layer of the decoder, and the mask of prepended tokens if there is one.
  assert(both - backend.memory().tensors >= 2 * model.config.decoder!.num_hidden_layers);
  runner.dispose();
  model.dispose();
  assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
});

/** The numbers of rows that linear layers ran on. */
function linearRows(launches: readonly Launch[]): number[] {
  return launches.filter(({ name }) => name === "linear").map(({ shape }) => Number(shape.rows));
}

Deno.test("keys and values of the memory are computed once a document and layer", async () => {
  const backend = new CountingBackend();
  const model = await loadSeq2Seq("bart_lsg_norm", { device: backend });
  const rows = 29 + model.config.lsg!.num_global_tokens;
  const input_ids = [drawIds(new Random(3), 29)];
  disposeAll(await model({ input_ids, decoder_input_ids: [[2]] }));
  const ofPass = linearRows(backend.takeLaunches()).filter((count) => count === rows).length;
  const runner = await model.startDecoding({ input_ids }, 200);
  // The same as in one pass: a key and a value in each layer of the decoder.
  assertEquals(linearRows(backend.takeLaunches()), Array(ofPass).fill(rows));
  (await runner.start([[2]])).dispose();
  (await runner.step([5, 6, 7, 8, 9].map((id) => ({ parent: 0, ids: [id] })))).dispose();
  for (let step = 0; step < 10; step++) {
    (await runner.step([0, 1, 2, 3, 4].map((parent) => ({ parent, ids: [5 + step] })))).dispose();
  }
  // One row, then the five beams together: each weight is read once a step.
  assertEquals(new Set(linearRows(backend.takeLaunches())), new Set([1, 5]));
  runner.dispose();
  model.dispose();
  assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
});

Deno.test("a step writes as many bytes however long the rows are: no cache is copied", async () => {
  const backend = new CountingBackend();
  const model = await loadSeq2Seq("mbart", { device: backend });
  const runner = await model.startDecoding({ input_ids: [[5, 6, 7, 2]] }, 250);
  (await runner.start([[2]])).dispose();
  const bytes: number[] = [];
  const memory: number[] = [];
  for (let step = 0; step < 50; step++) {
    backend.takeLaunches();
    // Beams change places all the time.
    const rows = [3, 0, 2, 1].map((parent, i) => ({ parent: step > 0 ? parent : 0, ids: [5 + i] }));
    (await runner.step(rows)).dispose();
    bytes.push(backend.takeLaunches().reduce((sum, launch) => sum + launch.bytes, 0));
    memory.push(backend.memory().bytes);
  }
  assertEquals(new Set(bytes).size, 1, String(bytes));
  assertEquals(new Set(memory).size, 1, String(memory));
  runner.dispose();
  model.dispose();
});

Deno.test("a runner refuses rows that are not there, or too long, and keeps its own", async () => {
  const model = await loadSeq2Seq("bart");
  const before = model.backend.memory();
  const runner = await model.startDecoding({ input_ids: [[5, 6, 2]] });
  await assertRejects(() => runner.start([[2], [2]]), RangeError, "2 prompts");
  await assertRejects(() => runner.start([[]]), RangeError, "at least one id");
  assertEquals(runner.limit, 64);
  (await runner.start([[2]])).dispose();
  await assertRejects(() => runner.step([{ parent: 1, ids: [5] }]), RangeError, "row 1 of 1");
  const long = Array.from({ length: 64 }, () => 5);
  await assertRejects(() => runner.step([{ parent: 0, ids: long }]), RangeError, "65 ids");
  const logits = await runner.step([{ parent: 0, ids: [6] }]);
  const { logits: full } = await model({ input_ids: [[5, 6, 2]], decoder_input_ids: [[2, 6]] });
  assertModelClose(
    model.backend,
    model,
    await logits.getData(),
    (await full.getData()).slice(-model.config.vocab_size),
  );
  runner.dispose();
  runner.dispose();
  logits.dispose();
  full.dispose();
  assertEquals(model.backend.memory().tensors <= before.tensors + 1, true);
  model.dispose();
});
