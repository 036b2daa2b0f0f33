import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { AutoModel, AutoModelForMaskedLM } from "../../models/mod.ts";
import { Random } from "../../tensor/random.ts";
import { modelBound, UNIT } from "../../verify/bounds.ts";
import { Arena } from "../../wasm/machine/memory.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { assertFinite, assertSameBits } from "../helpers/compare.ts";
import {
  drawIds,
  FOLDERS,
  goldenPath,
  loadModel,
  maskOf,
  rowsOf,
} from "../models/golden_models.ts";
import "../helpers/quiet_reference.ts";

const TOKENS = 45;
const LENGTHS = [45, 30, 3];
const attention_mask = maskOf(LENGTHS, TOKENS);

/** Ids of the same visible tokens, and of other padding for another seed. */
function drawBatch(padding: number): number[][] {
  const random = new Random(1);
  const other = new Random(padding);
  return LENGTHS.map((length) => [
    ...drawIds(random, TOKENS).slice(0, length),
    ...drawIds(other, TOKENS - length),
  ]);
}

for (const folder of FOLDERS) {
  Deno.test(`wasm: ${folder}: padding, batches and threads change no bit`, async () => {
    const input_ids = drawBatch(2);
    const outputs: Float32Array[] = [];
    for (const threads of [1, 2, 3]) {
      const device = await WasmBackend.open({ threads });
      const model = await loadModel(folder, { device });
      const first = (await model({ input_ids, attention_mask })).last_hidden_state;
      outputs.push(await first.getData());

      const padded = drawBatch(3);
      assertNotEquals(padded, input_ids);
      const second = (await model({ input_ids: padded, attention_mask })).last_hidden_state;
      const order = [2, 0, 1];
      const permuted = (await model({
        input_ids: order.map((b) => input_ids[b]),
        attention_mask: order.map((b) => attention_mask[b]),
      })).last_hidden_state;
      for (const [b, length] of LENGTHS.entries()) {
        const visible = await rowsOf(first, b, 0, length);
        assertSameBits(await rowsOf(second, b, 0, length), visible);
        assertSameBits(await rowsOf(permuted, order.indexOf(b), 0, length), visible);
      }
      assertFinite(outputs[0]);
      model.dispose();
      device.dispose();
    }
    // Threads share whole rows and tiles, so each value is computed alike.
    assertSameBits(outputs[1], outputs[0]);
    assertSameBits(outputs[2], outputs[0]);
  });
}

Deno.test("wasm: models agree with the reference, both builds", async () => {
  for (const folder of FOLDERS) {
    const input_ids = drawBatch(2);
    const reference = await loadModel(folder, { device: "cpu" });
    const wanted = await (await reference({ input_ids, attention_mask })).last_hidden_state
      .getData();
    const { num_hidden_layers, intermediate_size } = reference.config;
    const output = Math.max(...wanted.map(Math.abs));
    const bound = modelBound({ layers: num_hidden_layers, width: intermediate_size, output }, UNIT);
    for (const build of ["relaxed", "plain"] as const) {
      const device = await WasmBackend.open({ build, threads: 1 });
      const model = await loadModel(folder, { device });
      const actual = await (await model({ input_ids, attention_mask })).last_hidden_state.getData();
      actual.forEach((value, i) => {
        const difference = Math.abs(value - wanted[i]);
        assert(
          difference <= bound,
          `${folder}, ${build}: value ${i} is ${value}, not ${wanted[i]}`,
        );
      });
      model.dispose();
      device.dispose();
    }
    reference.dispose();
  }
});

Deno.test('wasm: a model on the device "wasm" ends it with itself', async () => {
  const model = await AutoModel.from_pretrained(goldenPath("models/lsg_norm"), { device: "wasm" });
  const { last_hidden_state } = await model({ input_ids: [drawIds(new Random(1), 20)] });
  assertFinite(await last_hidden_state.getData());
  assertEquals(last_hidden_state.dims.slice(0, 2), [1, 20]);
  model.dispose();
});

Deno.test("wasm: a table that is embedding and head gives the reference's logits", async () => {
  const path = goldenPath("models/roberta_masked_lm");
  const input_ids = [drawIds(new Random(5), 12)];
  const logits: Float32Array[] = [];
  let size = { layers: 0, width: 0 };
  for (const device of ["cpu", "wasm"] as const) {
    const model = await AutoModelForMaskedLM.from_pretrained(path, { device });
    // Twice: the second pass finds the weights packed.
    await model({ input_ids });
    logits.push(await (await model({ input_ids })).logits.getData());
    size = { layers: model.config.num_hidden_layers, width: model.config.intermediate_size };
    model.dispose();
  }
  const [wanted, actual] = logits;
  const output = Math.max(...wanted.map(Math.abs));
  const bound = modelBound({ ...size, output }, UNIT);
  actual.forEach((value, i) => assert(Math.abs(value - wanted[i]) <= bound, `${i}: ${value}`));
});

/** Sees which arenas hand out memory. */
function spy(): { seen: Set<Arena>; restore: () => void } {
  const { allocate } = Arena.prototype;
  const seen = new Set<Arena>();
  Arena.prototype.allocate = function (...options) {
    seen.add(this);
    return allocate.apply(this, options);
  };
  return { seen, restore: () => Arena.prototype.allocate = allocate };
}

for (const threads of [1, 2]) {
  Deno.test(`wasm: 200 passes leave memory where it was, ${threads} threads`, async () => {
    const arenas = spy();
    const device = await WasmBackend.open({ threads });
    arenas.restore();
    const model = await loadModel("lsg_norm", { device });
    const input_ids = [drawIds(new Random(1), 30)];
    const pass = async () => {
      const { last_hidden_state, pooler_output } = await model({ input_ids });
      const values = await last_hidden_state.getData();
      last_hidden_state.dispose();
      pooler_output?.dispose();
      return values;
    };
    const first = await pass();
    await pass(); // what the first one used may be in other places
    const level = device.memory();
    const [arena] = arenas.seen;
    const [used, parts, highest] = [arena.used, arena.parts, arena.highest];
    for (let i = 0; i < 198; i++) {
      assertSameBits(await pass(), first);
      assertEquals(device.memory(), level);
      assertEquals([arena.used, arena.parts, arena.highest], [used, parts, highest]);
    }
    model.dispose();
    device.dispose();
    assertEquals(device.memory(), { tensors: 0, bytes: 0 });
  });
}
