import { assertNotEquals } from "@std/assert";
import { Random } from "../../tensor/random.ts";
import { assertFinite, assertSameBits } from "../helpers/compare.ts";
import { testOnBackends } from "../helpers/test_on_backends.ts";
import {
  drawIds,
  FAMILY_FOLDERS,
  FOLDERS as TYPE_FOLDERS,
  hiddenStates,
  loadModel,
  maskOf,
  rowsOf,
} from "./golden_models.ts";

const FOLDERS = [...TYPE_FOLDERS, ...FAMILY_FOLDERS].map((name) => ({ name }));
const TOKENS = 45;
const LENGTHS = [45, 30, 3];

testOnBackends(
  "the content of padding changes no visible output",
  FOLDERS,
  async ({ name }, device) => {
    const model = await loadModel(name, { device });
    const random = new Random(1);
    const ids = LENGTHS.map(() => drawIds(random, TOKENS));
    const others = ids.map((row, b) => [
      ...row.slice(0, LENGTHS[b]),
      ...drawIds(random, TOKENS - LENGTHS[b]),
    ]);
    assertNotEquals(ids, others);
    const attention_mask = maskOf(LENGTHS, TOKENS);
    const first = await hiddenStates(model, { input_ids: ids, attention_mask });
    const second = await hiddenStates(model, { input_ids: others, attention_mask });
    for (const [b, length] of LENGTHS.entries()) {
      assertSameBits(await rowsOf(second, b, 0, length), await rowsOf(first, b, 0, length));
    }
    assertFinite(first.data);
    model.dispose();
  },
);

testOnBackends("a permuted batch gives permuted outputs", FOLDERS, async ({ name }, device) => {
  const model = await loadModel(name, { device });
  const random = new Random(2);
  const input_ids = LENGTHS.map(() => drawIds(random, TOKENS));
  const attention_mask = maskOf(LENGTHS, TOKENS);
  const output = await hiddenStates(model, { input_ids, attention_mask });
  const order = [2, 0, 1];
  const permuted = await hiddenStates(model, {
    input_ids: order.map((b) => input_ids[b]),
    attention_mask: order.map((b) => attention_mask[b]),
  });
  for (const [i, b] of order.entries()) {
    assertSameBits(await rowsOf(permuted, i, 0, TOKENS), await rowsOf(output, b, 0, TOKENS));
  }
  model.dispose();
});

testOnBackends("a sequence alone is what it is in a batch", FOLDERS, async ({ name }, device) => {
  const model = await loadModel(name, { device });
  const random = new Random(3);
  const input_ids = LENGTHS.map(() => drawIds(random, TOKENS));
  const attention_mask = maskOf(LENGTHS, TOKENS);
  const batch = await hiddenStates(model, { input_ids, attention_mask });
  for (const [b, length] of LENGTHS.entries()) {
    const wanted = await rowsOf(batch, b, 0, length);
    const alone = { input_ids: [input_ids[b]], attention_mask: [attention_mask[b]] };
    assertSameBits(await rowsOf(await hiddenStates(model, alone), 0, 0, length), wanted);
    // Cut to at most two blocks, a sequence is attended to densely: another pattern.
    if (length < 25 && model.config.lsg) continue;
    const cut = await hiddenStates(model, { input_ids: [input_ids[b].slice(0, length)] });
    assertSameBits(await rowsOf(cut, 0, 0, length), wanted);
  }
  model.dispose();
});

testOnBackends(
  "a sequence without a visible token gives finite numbers",
  FOLDERS,
  async ({ name }, device) => {
    const model = await loadModel(name, { device });
    const input_ids = [drawIds(new Random(4), 20)];
    assertFinite((await hiddenStates(model, { input_ids, attention_mask: maskOf([0], 20) })).data);
    model.dispose();
  },
);
