import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { CpuBackend } from "../../cpu/backend.ts";
import { Random } from "../../tensor/random.ts";
import { assertSameBits } from "../helpers/compare.ts";
import { drawIds, loadModel, rowsOf } from "./golden_models.ts";
import "../helpers/quiet_reference.ts";

const INPUT = { input_ids: [drawIds(new Random(1), 30), drawIds(new Random(2), 30)] };

Deno.test("hidden states are the embedding's and each layer's, and the last is the output", async () => {
  for (const folder of ["roberta_model", "lsg_norm", "lsg_null_g7"]) {
    const model = await loadModel(folder);
    const { num_hidden_layers: layers, hidden_size } = model.config;
    const output = await model({ ...INPUT, output_hidden_states: true });
    assertEquals(output.hidden_states?.length, layers + 1);
    for (const state of output.hidden_states!) assertEquals(state.dims, [2, 30, hidden_size]);
    assert(output.hidden_states!.at(-1) === output.last_hidden_state);
    const without = await model(INPUT);
    assertEquals(without.hidden_states, undefined);
    assertSameBits(
      await without.last_hidden_state.getData(),
      await output.last_hidden_state.getData(),
    );
    model.dispose();
  }
});

Deno.test("the last row 0 is the global token's with pool_with_global, the others are not", async () => {
  const states = async (pool_with_global: boolean) => {
    const model = await loadModel("lsg_norm", { config: { pool_with_global } });
    const { hidden_states } = await model({ ...INPUT, output_hidden_states: true });
    return hidden_states!;
  };
  const [pooled, plain] = [await states(true), await states(false)];
  const last = plain.length - 1;
  for (let layer = 0; layer < last; layer++) {
    assertSameBits(await pooled[layer].getData(), await plain[layer].getData());
  }
  assertNotEquals(await rowsOf(pooled[last], 0, 0, 1), await rowsOf(plain[last], 0, 0, 1));
  assertSameBits(await rowsOf(pooled[last], 0, 1, 30), await rowsOf(plain[last], 0, 1, 30));
});

Deno.test("layer_callback hears of each layer once, in order, with the number of all", async () => {
  const model = await loadModel("roberta_model");
  const heard: unknown[] = [];
  await model({ ...INPUT, layer_callback: (done) => heard.push(done) });
  assertEquals(heard, [1, 2, 3].map((layer) => ({ layer, layers: 3 })));
  model.dispose();
});

Deno.test("other tasks run between layers", async () => {
  const model = await loadModel("roberta_model", { device: "cpu" });
  const heard: string[] = [];
  const layer_callback = ({ layer }: { layer: number }) => {
    heard.push(`layer ${layer}`);
    setTimeout(() => heard.push(`task ${layer}`), 0);
  };
  await model({ ...INPUT, layer_callback });
  assertEquals(heard.slice(0, 4), ["layer 1", "task 1", "layer 2", "task 2"]);
  model.dispose();
});

Deno.test("the pooler gives a row for each sequence, in -1 … 1", async () => {
  const model = await loadModel("roberta_model");
  const { pooler_output } = await model(INPUT);
  assertEquals(pooler_output?.dims, [2, model.config.hidden_size]);
  const values = await pooler_output!.getData();
  assert(values.every((value) => Math.abs(value) <= 1) && values.some((value) => value !== 0));
  model.dispose();
});

Deno.test("a text beyond the position table is an error that names the limit and the way out", async () => {
  const model = await loadModel("roberta_masked_lm");
  assertEquals(model.maxLength, 64);
  const longest = await model({ input_ids: [drawIds(new Random(3), 64)] });
  assertEquals(longest.last_hidden_state.dims[1], 64);
  const error = await assertRejects(
    () => model({ input_ids: [drawIds(new Random(3), 65)] }),
    RangeError,
    "Cannot encode 65 tokens: the model has positions for 64",
  );
  assert(error.message.includes("truncation") && error.message.includes("max_sequence_length"));
  model.dispose();
});

Deno.test("padding ids need no positions of their own", async () => {
  const model = await loadModel("roberta_masked_lm");
  const pad = model.config.pad_token_id;
  const ids = drawIds(new Random(3), 64);
  const padded = { input_ids: [[...ids, pad, pad]], attention_mask: [[...ids.map(() => 1), 0, 0]] };
  const output = (await model(padded)).last_hidden_state;
  const alone = (await model({ input_ids: [ids] })).last_hidden_state;
  assertSameBits(await rowsOf(output, 0, 0, 64), await alone.getData());
  model.dispose();
});

Deno.test("mask_first_token is a mask of 0 on the first token", async () => {
  const masking = await loadModel("lsg_norm", { config: { mask_first_token: true } });
  const plain = await loadModel("lsg_norm");
  const attention_mask = INPUT.input_ids.map((row) => row.map((_, i) => i === 0 ? 0 : 1));
  assertSameBits(
    await (await masking(INPUT)).last_hidden_state.getData(),
    await (await plain({ ...INPUT, attention_mask })).last_hidden_state.getData(),
  );
  masking.dispose();
  plain.dispose();
});

Deno.test("lsh draws the same for the same seed, and passed projections replace it", async () => {
  const device = new CpuBackend();
  const run = async (options: Parameters<typeof loadModel>[1]) => {
    const model = await loadModel("lsg_lsh", { device, ...options });
    const output = await (await model(INPUT)).last_hidden_state.getData();
    model.dispose();
    return output;
  };
  const zero = await run({});
  assertSameBits(await run({ seed: 0 }), zero);
  assertNotEquals(await run({ seed: 1 }), zero);
  // 2 heads of width 8; two rounds into 8 buckets, one into 4.
  const random = new Random(0);
  const layer = () => [4, 4, 2].map((columns) => random.normals(2 * 8 * columns));
  const lsh_projections = [layer(), layer()];
  assertNotEquals(await run({ lsh_projections }), zero);
  assertSameBits(await run({ lsh_projections, seed: 5 }), await run({ lsh_projections }));
});

Deno.test("projections that do not fit the model are an error and leave nothing behind", async () => {
  const device = new CpuBackend();
  const round = (columns: number) => new Float32Array(2 * 8 * columns);
  for (
    const [lsh_projections, message] of [
      [[], "of 0 layers: wanted 2"],
      [[[round(4), round(4), round(2)]], "of 1 layers: wanted 2"],
      [[[round(4), round(2)], [round(4), round(2)]], "of layer 0 of 2 rounds: wanted 3"],
      [
        [[round(4), round(4), round(2)], [round(4), round(3), round(2)]],
        "of layer 1 of 48 values in round 1: wanted 64",
      ],
    ] as const
  ) {
    const load = () => loadModel("lsg_lsh", { device, lsh_projections });
    await assertRejects(load, RangeError, message);
    assertEquals(device.memory(), { tensors: 0, bytes: 0 });
  }
  for (
    const [folder, message] of [
      ["lsg_norm", 'of layer 0 with sparsity_type "norm": only "lsh" takes projections'],
      ["roberta_model", "the model's attention is not LSG"],
    ] as const
  ) {
    const lsh_projections = [[round(4)], [round(4)]];
    await assertRejects(() => loadModel(folder, { device, lsh_projections }), RangeError, message);
  }
});
