import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { ATTENTION_NAMES, type AttentionName } from "../../attention/mod.ts";
import { CpuBackend } from "../../cpu/mod.ts";
import type { PreTrainedOptions } from "../../models/mod.ts";
import { Random } from "../../tensor/random.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { assertFinite, assertSameBits } from "../helpers/compare.ts";
import { drawIds, loadModel, maskOf, rowsOf } from "./golden_models.ts";
import "../helpers/quiet_reference.ts";

const VANILLA = "roberta_masked_lm";
const TOKENS = 40;
const IDS = drawIds(new Random(7), TOKENS);
/** BigBird's blocks are so small that 40 tokens are not dense. */
const SPARSE = { type: "bigbird", block_size: 3, num_random_blocks: 2 } as const;
const ALL = [...ATTENTION_NAMES.filter((name) => name !== "bigbird"), SPARSE];

async function outputOf(options: PreTrainedOptions, ids = IDS): Promise<Float32Array> {
  const model = await loadModel(VANILLA, options);
  const { last_hidden_state } = await model({ input_ids: [ids] });
  const values = await last_hidden_state.getData();
  model.dispose();
  return values;
}

const full = await outputOf({ device: "cpu" });

Deno.test("attentions that are full for short texts change nothing", async () => {
  const names: AttentionName[] = ["full", "bigbird", "self_extend"];
  for (const attention of names) {
    assertSameBits(await outputOf({ device: "cpu", attention }), full);
  }
});

Deno.test("other attentions change the output, and wasm agrees with the reference", async () => {
  for (const attention of ALL.slice(2).filter((name) => name !== "self_extend")) {
    const expected = await outputOf({ device: "cpu", attention });
    assertNotEquals(expected, full, `${attention}`);
    const actual = await outputOf({ device: "wasm", attention });
    assertFinite(actual);
    // Two layers, each within some 1e-6 of layer-normed rows, whose numbers are below 8.
    actual.forEach((x, i) => assert(Math.abs(x - expected[i]) < 1e-4, `${attention}, value ${i}`));
  }
});

Deno.test("a Longformer's window limits how far a token reaches", async () => {
  const attention = { type: "longformer", attention_window: 4 } as const;
  const changed = IDS.with(10, IDS[10] === 9 ? 11 : 9);
  const [before, after] = await Promise.all(
    [IDS, changed].map((ids) => outputOf({ device: "cpu", attention }, ids)),
  );
  const width = before.length / TOKENS;
  const differs = IDS.keys().toArray().filter((t) =>
    before.slice(t * width, (t + 1) * width).some((x, i) => x !== after[t * width + i])
  );
  assertEquals(differs, Array.from({ length: 9 }, (_, i) => 6 + i)); // two layers of two a side
});

Deno.test("the draws of attentions follow the seed", async () => {
  for (const attention of [SPARSE, "performer", "linformer", "reformer"] as const) {
    const [first, again, other] = await Promise.all(
      [3, 3, 4].map((seed) => outputOf({ device: "cpu", attention, seed })),
    );
    assertSameBits(first, again);
    assertNotEquals(first, other, `${attention}`);
  }
});

Deno.test("a second length and a return to the first change no output", async () => {
  for (const attention of [SPARSE, "linformer", "reformer"] as const) {
    const model = await loadModel(VANILLA, { device: "cpu", attention });
    const run = async (ids: number[]) =>
      await (await model({ input_ids: [ids] })).last_hidden_state.getData();
    const first = await run(IDS);
    await run(IDS.slice(0, 33));
    assertSameBits(await run(IDS), first);
    model.dispose();
  }
});

Deno.test("padding changes no row of a shorter sequence that keeps its blocks", async () => {
  // BigBird's blocks, Reformer's buckets and Linformer's matrices depend on the padded length.
  const names: AttentionName[] = ["full", "longformer", "linear", "efficient", "performer"];
  for (const attention of names) {
    const model = await loadModel(VANILLA, { device: "cpu", attention });
    const pad = model.config.pad_token_id;
    const padded = [...IDS.slice(0, 30), ...Array(10).fill(pad)];
    const both = await model({ input_ids: [IDS, padded], attention_mask: maskOf([40, 30], 40) });
    const alone = await model({ input_ids: [IDS.slice(0, 30)] });
    assertSameBits(
      await rowsOf(both.last_hidden_state, 1, 0, 30),
      await alone.last_hidden_state.getData(),
    );
    model.dispose();
  }
});

Deno.test("max_sequence_length gives every attention more positions", async () => {
  const attention = { type: "linear", max_sequence_length: 1500 } as const;
  const model = await loadModel(VANILLA, { device: "wasm", attention });
  assertEquals(model.maxLength, 1500);
  const input_ids = [drawIds(new Random(1), 1500)];
  assertEquals((await model({ input_ids })).last_hidden_state.dims[1], 1500);
  model.dispose();
});

Deno.test("a pass releases everything that it made", async () => {
  for (const device of [new CpuBackend(), await WasmBackend.open({ threads: 1 })]) {
    for (const attention of ALL) {
      const model = await loadModel(VANILLA, { device, attention });
      const before = device.memory();
      (await model({ input_ids: [IDS, IDS] })).last_hidden_state.dispose();
      await device.settle();
      assertEquals(device.memory(), before, `${device.name}, ${JSON.stringify(attention)}`);
      model.dispose();
    }
    device.dispose();
  }
});

Deno.test("only the full attention of an encoder can be replaced, by a known one", async () => {
  const attention = "linear";
  await assertRejects(
    () => loadModel("lsg_norm", { attention }),
    RangeError,
    "this model's is LSG",
  );
  await assertRejects(
    () => loadModel("longformer", { attention }),
    RangeError,
    "this model's is Longformer's",
  );
  await assertRejects(
    () => loadModel("../conversion/roberta_512", { attention, lsg: { max_sequence_length: 1024 } }),
    RangeError,
    "this model's is LSG",
  );
  await assertRejects(
    () => loadModel(VANILLA, { attention, config: { is_decoder: true } }),
    RangeError,
    "this model's is causal",
  );
  const unknown = "lsg" as AttentionName;
  await assertRejects(
    () => loadModel(VANILLA, { attention: unknown }),
    RangeError,
    "wanted full, ",
  );
});
