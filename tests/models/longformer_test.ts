import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { CpuBackend } from "../../cpu/backend.ts";
import { Random } from "../../tensor/random.ts";
import { assertSameBits } from "../helpers/compare.ts";
import { drawIds, loadModel, maskOf, rowsOf } from "./golden_models.ts";

const TOKENS = 40;
const IDS = drawIds(new Random(7), TOKENS);

/** A mask with ones at these positions. */
function globalsAt(...positions: number[]): number[][] {
  return [IDS.map((_, i) => positions.includes(i) ? 1 : 0)];
}

Deno.test("without a global mask no token is global", async () => {
  const model = await loadModel("longformer");
  const plain = await model({ input_ids: [IDS] });
  const none = await model({ input_ids: [IDS], global_attention_mask: globalsAt() });
  assertSameBits(
    await none.last_hidden_state.getData(),
    await plain.last_hidden_state.getData(),
  );
  const some = await model({ input_ids: [IDS], global_attention_mask: globalsAt(0) });
  assertNotEquals(
    await some.last_hidden_state.getData(),
    await plain.last_hidden_state.getData(),
  );
  model.dispose();
});

Deno.test("a token reaches half a window a layer, and all tokens if it is global", async () => {
  const model = await loadModel("longformer", { config: { attention_window: [4, 8] } });
  const changed = [IDS.with(10, IDS[10] === 9 ? 11 : 9)];
  const reached = async (global_attention_mask: number[][]) => {
    const [first, second] = await Promise.all(
      [[IDS], changed].map(async (input_ids) =>
        (await model({ input_ids, global_attention_mask })).last_hidden_state
      ),
    );
    const differs: number[] = [];
    for (let i = 0; i < TOKENS; i++) {
      const [a, b] = [await rowsOf(first, 0, i, i + 1), await rowsOf(second, 0, i, i + 1)];
      if (a.some((value, column) => value !== b[column])) differs.push(i);
    }
    return differs;
  };
  const around = Array.from({ length: 13 }, (_, i) => 4 + i);
  assertEquals(await reached(globalsAt()), around);
  assertEquals(await reached(globalsAt(10)), [...IDS.keys()]);
  // A global token that sees the change in the first layer shows it to all in the second.
  assertEquals(await reached(globalsAt(30)), [...IDS.keys()]);
  model.dispose();
});

Deno.test("a masked token is never global", async () => {
  const model = await loadModel("longformer");
  // Token 35 is padding, which is not computed, then a hole among visible tokens.
  for (const attention_mask of [maskOf([30], TOKENS), [IDS.map((_, i) => i === 35 ? 0 : 1)]]) {
    const run = async (global_attention_mask: number[][]) => {
      const output = await model({ input_ids: [IDS], attention_mask, global_attention_mask });
      return await output.last_hidden_state.getData();
    };
    assertSameBits(await run(globalsAt(0, 35)), await run(globalsAt(0)));
  }
  model.dispose();
});

Deno.test("sequences of a batch have their own global tokens", async () => {
  const model = await loadModel("longformer");
  const masks = [globalsAt(0, 5, 30)[0], globalsAt()[0], globalsAt(12)[0]];
  const batch = await model({ input_ids: [IDS, IDS, IDS], global_attention_mask: masks });
  for (const [b, mask] of masks.entries()) {
    const alone = await model({ input_ids: [IDS], global_attention_mask: [mask] });
    assertSameBits(
      await rowsOf(batch.last_hidden_state, b, 0, TOKENS),
      await alone.last_hidden_state.getData(),
    );
  }
  model.dispose();
});

Deno.test("a forward pass with global tokens returns to the memory that it started from", async () => {
  const device = new CpuBackend();
  const model = await loadModel("longformer", { device });
  const before = device.memory();
  const inputs = { input_ids: [IDS], global_attention_mask: globalsAt(0, 9) };
  const { last_hidden_state, pooler_output } = await model(inputs);
  last_hidden_state.dispose();
  pooler_output?.dispose();
  assertEquals(device.memory(), before);
  model.dispose();
});

Deno.test("only a Longformer takes a global mask", async () => {
  const model = await loadModel("bert");
  const inputs = { input_ids: [IDS], global_attention_mask: globalsAt(0) };
  await assertRejects(() => model(inputs), TypeError, "only a Longformer or");
  model.dispose();
});
