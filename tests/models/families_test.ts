import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { AutoModel, AutoModelForMaskedLM } from "../../models/mod.ts";
import { Random } from "../../tensor/random.ts";
import { assertSameBits } from "../helpers/compare.ts";
import { drawIds, goldenPath, loadModel } from "./golden_models.ts";

Deno.test("only families with a pooler have a pooler_output", async () => {
  for (const [folder, has] of [["bert", true], ["albert", true], ["longformer", true]] as const) {
    const model = await loadModel(folder);
    const { pooler_output } = await model({ input_ids: [[5, 6, 7]] });
    assertEquals(pooler_output?.dims, has ? [1, 16] : undefined);
    model.dispose();
  }
  for (const folder of ["distilbert", "electra", "bert_copies"]) {
    const model = await loadModel(folder);
    assertEquals("pooler_output" in await model({ input_ids: [[5, 6, 7]] }), false);
    model.dispose();
  }
});

Deno.test("token types have no effect in a family without them", async () => {
  const model = await loadModel("distilbert");
  const input_ids = [[5, 6, 7]];
  const plain = await model({ input_ids });
  for (const token_type_ids of [[[0, 0, 0]], [[0, 1, 1]]]) {
    const typed = await model({ input_ids, token_type_ids });
    assertSameBits(typed.last_hidden_state.data, plain.last_hidden_state.data);
  }
  for (const token_type_ids of [[[0, 1]], [[0, 1, 0.5]]]) {
    await assertRejects(() => model({ input_ids, token_type_ids }), TypeError, "token_type_ids");
  }
  await assertRejects(() => model({ input_ids, token_type_ids: [[0, 1, -1]] }), RangeError, "-1");
  model.dispose();
});

Deno.test("a text beyond the position table names the limit, and a way out where there is one", async () => {
  for (
    const [folder, limit, lengthens] of [["bert", 66, true], ["longformer", 64, false]] as const
  ) {
    const model = await loadModel(folder);
    assertEquals(model.maxLength, limit);
    const ids = (count: number) => [drawIds(new Random(1), count)];
    assertEquals((await model({ input_ids: ids(limit) })).last_hidden_state.dims[1], limit);
    const error = await assertRejects(
      () => model({ input_ids: ids(limit + 2) }),
      RangeError,
      `Cannot encode ${limit + 2} tokens: the model has positions for ${limit}`,
    );
    assertEquals(error.message.includes("lsg:"), lengthens, error.message);
    model.dispose();
  }
});

Deno.test("padding has positions like any token where positions count from zero", async () => {
  const model = await loadModel("bert");
  const ids = drawIds(new Random(1), 66);
  const padded = { input_ids: [[...ids, 0]], attention_mask: [[...ids.map(() => 1), 0]] };
  await assertRejects(() => model(padded), RangeError, "Cannot encode 67 tokens");
  model.dispose();
});

Deno.test("a vanilla checkpoint of each family that converts is read as LSG", async () => {
  for (const family of ["bert", "camembert", "xlm_roberta", "distilbert", "electra", "albert"]) {
    const folder = goldenPath(`conversion/${family}_512`);
    const lsg = { max_sequence_length: 1024, block_size: 8, sparse_block_size: 8 };
    const model = await AutoModel.from_pretrained(folder, { lsg });
    assertEquals(model.maxLength, 1024);
    const random = new Random(1);
    const draw = () => Math.floor(random.uniform() * model.config.vocab_size);
    const input_ids = [Array.from({ length: 700 }, draw)];
    const output = await (await model({ input_ids })).last_hidden_state.getData();
    assert(output.every(Number.isFinite));
    model.dispose();
  }
});

Deno.test("a Longformer has no LSG form", async () => {
  const load = () => AutoModel.from_pretrained(goldenPath("models/longformer"), { lsg: {} });
  await assertRejects(load, RangeError, "Cannot convert Longformer to LSG");
});

Deno.test("loading a checkpoint names what its family lacks", async () => {
  const bare = () =>
    AutoModelForMaskedLM.from_pretrained(goldenPath("models/bert_model_old_names"));
  await assertRejects(bare, RangeError, "missing: cls.predictions.transform.dense.weight");
  const wrong = () => loadModel("electra", { config: { embedding_size: 16 } });
  await assertRejects(
    wrong,
    RangeError,
    "unexpected: electra.embeddings_project.bias, electra.embeddings_project.weight",
  );
  const narrow = () => loadModel("distilbert", { config: { dim: 18 } });
  await assertRejects(
    narrow,
    RangeError,
    "distilbert.embeddings.word_embeddings.weight has dims [90,16], wanted [90,18]",
  );
  const relative = () => loadModel("bert", { config: { position_embedding_type: "relative_key" } });
  await assertRejects(relative, RangeError, 'position_embedding_type must be "absolute"');
});

Deno.test("ALBERT's layers share their weights", async () => {
  const one = await loadModel("albert", { config: { num_hidden_layers: 1 } });
  const three = await loadModel("albert", { config: { num_hidden_layers: 3 } });
  assertEquals(one.backend.memory().tensors, three.backend.memory().tensors);
  const input_ids = [[5, 6, 7]];
  assertNotEquals(
    await (await one({ input_ids })).last_hidden_state.getData(),
    await (await three({ input_ids })).last_hidden_state.getData(),
  );
  one.dispose();
  three.dispose();
});
