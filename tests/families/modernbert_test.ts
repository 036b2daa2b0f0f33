import { assert, assertEquals, assertRejects } from "@std/assert";
import { drawParameters, modelParameters, parseConfig } from "../../checkpoint/mod.ts";
import { openBackend } from "../../device.ts";
import type { Backend } from "../../ops/backend.ts";
import {
  AutoModel,
  AutoModelForMaskedLM,
  AutoModelForSequenceClassification,
  EncoderModel,
  loadParts,
  type PreTrainedOptions,
} from "../../models/mod.ts";
import { Random } from "../../tensor/random.ts";
import { assertSameBits } from "../helpers/compare.ts";
import { testOnBackends } from "../helpers/test_on_backends.ts";
import { withNewFolder } from "../helpers/with_folder.ts";
import {
  drawIds,
  goldenPath,
  hiddenStates,
  loadModel,
  maskOf,
  rowsOf,
} from "../models/golden_models.ts";
import "../helpers/quiet_reference.ts";

/** All layers local, two tokens to either side. */
const LOCAL = { local_attention: 4, layer_types: new Array(4).fill("sliding_attention") };

testOnBackends(
  "what is beyond the reach of all layers changes nothing",
  [{ name: "modernbert" }],
  async ({ name }, device) => {
    using model = await loadModel(name, { device, config: LOCAL });
    const ids = drawIds(new Random(1), 41);
    const one = await hiddenStates(model, { input_ids: [ids] });
    const other = await hiddenStates(model, { input_ids: [ids.with(20, ids[20] === 5 ? 6 : 5)] });
    // Four layers carry it 2 tokens each.
    assertSameBits(await rowsOf(other, 0, 0, 12), await rowsOf(one, 0, 0, 12));
    assertSameBits(await rowsOf(other, 0, 29, 41), await rowsOf(one, 0, 29, 41));
    for (const row of [12, 28]) {
      const [a, b] = [await rowsOf(one, 0, row, row + 1), await rowsOf(other, 0, row, row + 1)];
      assert(a.some((x, i) => x !== b[i]), `row ${row}`);
    }
  },
);

const lsg = { block_size: 4, sparse_block_size: 4, sparsity_factor: 2, max_sequence_length: 512 };

testOnBackends(
  "LSG in place of full layers: dense up to two blocks, then its own, from converted or saved files",
  (["norm", "lsh", "none"] as const).map((name) => ({ name })),
  async ({ name: sparsity_type }, device) => {
    if (device.name === "webgpu" && sparsity_type !== "norm") return; // emulated, it takes seconds
    const options: PreTrainedOptions = { lsg: { ...lsg, sparsity_type } };
    using full = await loadModel("modernbert", { device });
    using model = await loadModel("modernbert", { device, ...options });
    assertEquals([model.maxLength, full.maxLength], [512, 66]);
    const short = { input_ids: [drawIds(new Random(1), 9)] };
    // One global token and two blocks.
    assertSameBits(
      (await hiddenStates(model, short)).data,
      (await hiddenStates(full, short)).data,
    );
    const long = {
      input_ids: [drawIds(new Random(2), 40), drawIds(new Random(3), 40)],
      attention_mask: maskOf([40, 33], 40),
    };
    const output = await hiddenStates(model, long);
    const whole = await hiddenStates(full, long);
    assertEquals(output.dims, whole.dims);
    assert(output.data.every(Number.isFinite));
    assert(output.data.some((x, i) => Math.abs(x - whole.data[i]) > 1e-3));
    // A sequence alone is what it is in a batch; padding is not seen.
    const alone = await hiddenStates(model, { input_ids: [long.input_ids[1].slice(0, 33)] });
    assertSameBits(await rowsOf(output, 1, 0, 33), alone.data as Float32Array);
    await withNewFolder(async (folder) => {
      using masked = await AutoModelForMaskedLM.from_pretrained(goldenPath("models/modernbert"), {
        device,
        ...options,
      });
      await masked.save_pretrained(folder);
      using again = await AutoModel.from_pretrained(folder, { device });
      assertEquals(again.config.lsg, model.config.lsg);
      assertSameBits((await hiddenStates(again, long)).data, output.data);
    });
  },
);

/** A layer that attends to all tokens, or by LSG without sparse entries in blocks of 11. */
async function openLayer(device: Backend, lsg: boolean): Promise<EncoderModel> {
  const config = parseConfig({
    model_type: "modernbert",
    vocab_size: 90,
    hidden_size: 16,
    num_attention_heads: 2,
    intermediate_size: 8,
    num_hidden_layers: 1,
    pad_token_id: 1,
    ...(lsg && { base_model_prefix: "lsg", sparsity_type: "none", block_size: 11 }),
  });
  const weights = drawParameters(modelParameters(config, "Model"), 0.5, new Random(5));
  return new EncoderModel(await loadParts(config, weights, { device }));
}

testOnBackends(
  "of three blocks behind the global token, LSG's middle one and the global token see all",
  [{ name: "all visible", visible: 34 }, { name: "padding", visible: 29 }],
  async ({ visible }, device) => {
    const inputs = {
      input_ids: [drawIds(new Random(6), 34)],
      attention_mask: maskOf([visible], 34),
    };
    const rows: Float32Array[] = [];
    for (const lsg of [false, true]) {
      using model = await openLayer(device, lsg);
      rows.push((await hiddenStates(model, inputs)).data as Float32Array);
    }
    const [full, lsg] = rows;
    // The same keys, whose sums are in another order: of values below 10, after a norm.
    const differs = (row: number) =>
      full.subarray(16 * row, 16 * row + 16).some((x, i) => Math.abs(x - lsg[16 * row + i]) > 1e-4);
    const others = Array.from({ length: visible }, (_, row) => row).filter(differs);
    assertEquals(others, [
      ...Array.from({ length: 11 }, (_, i) => 1 + i),
      ...Array.from({ length: visible - 23 }, (_, i) => 23 + i),
    ]);
  },
);

Deno.test("what LSG cannot do with the first tokens as global ones is refused", async () => {
  const device = await openBackend("cpu");
  const load = (more: PreTrainedOptions["lsg"]) =>
    loadModel("modernbert", { device, lsg: { ...lsg, ...more } });
  for (const name of ["random_global_init", "keep_first_global_token", "resize_lsg"] as const) {
    await assertRejects(() => load({ [name]: true }), RangeError, `to LSG with ${name}`);
  }
  await assertRejects(() => load({ mask_first_token: true }), RangeError, "mask_first_token");
  await assertRejects(() => load({ adaptive: false }), RangeError, "adaptive off");
  using model = await load({});
  const input_ids = [drawIds(new Random(1), 20)];
  const attention_mask = [input_ids[0].map((_, i) => i < 2 ? 0 : 1)];
  await assertRejects(
    () => model({ input_ids, attention_mask }),
    RangeError,
    "Cannot attend by LSG to sequence 0: its first 1 tokens are global",
  );
  assertEquals((await hiddenStates(model, { input_ids })).dims, [1, 20, 16]);
  await assertRejects(
    () => loadModel("modernbert", { device, attention: { type: "bigbird" } }),
    RangeError,
    "its attention is bigbird",
  );
});

testOnBackends(
  "pooling reads visible tokens only, wherever the padding is",
  ["cls", "mean", "late"].map((name) => ({ name })),
  async ({ name }, device) => {
    if (device.name === "webgpu" && name !== "late") return; // the goldens have the others
    const folder = goldenPath("heads/modernbert_sequence_classification");
    using model = await AutoModelForSequenceClassification.from_pretrained(folder, {
      device,
      config: { classifier_pooling: name },
    });
    const ids = drawIds(new Random(1), 11);
    const padding = [1, 1, 1, 1];
    const [hidden, visible] = [padding.map(() => 0), ids.map(() => 1)];
    const run = async (input_ids: number[][], attention_mask?: number[][]) => {
      const { logits } = await model({ input_ids, attention_mask });
      logits.dispose();
      return logits;
    };
    const alone = await run([ids]);
    assertEquals(alone.dims, [1, 3]);
    const both = await run([[...ids, ...padding], [...padding, ...ids]], [
      [...visible, ...hidden],
      [...hidden, ...visible],
    ]);
    assertEquals(both.dims, [2, 3]);
    // Positions are relative: sums are in another order, of numbers below 10.
    alone.data.forEach((x, i) =>
      [0, 3].forEach((b) => assert(Math.abs(both.data[b + i] - x) < 1e-4, `${x}`))
    );
  },
);

Deno.test("fp16 gives what fp32 does, q8 nearly", async () => {
  const ids = { input_ids: [drawIds(new Random(4), 40)] };
  const plain = await openBackend("wasm");
  using exact = await loadModel("modernbert_model", { device: plain });
  const expected = (await hiddenStates(exact, ids)).data;
  for (const [dtype, most] of [["fp16", 0], ["q8", 0.08]] as const) {
    const device = await openBackend("wasm", { dtype });
    using model = await loadModel("modernbert_model", { device });
    const { data } = await hiddenStates(model, ids);
    const error = Math.sqrt(
      data.reduce((sum, x, i) => sum + (x - expected[i]) ** 2, 0) /
        expected.reduce((sum, x) => sum + x ** 2, 0),
    );
    // The file holds float16. Of 16 values, the largest maybe three times the deviation, 8 bits keep
    // steps of 3/127: 0.7 % off, twice a product, in each of 13 products and some attentions.
    assert(error <= most, `${dtype}: ${error}`);
    model.dispose();
    device.dispose();
  }
  exact.dispose();
  plain.dispose();
});
