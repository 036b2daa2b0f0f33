import { assertNotEquals } from "@std/assert";
import { Random } from "../../random.ts";
import { assertFinite, assertSameBits } from "../helpers/compare.ts";
import {
  drawIds,
  FAMILY_FOLDERS,
  FOLDERS as TYPE_FOLDERS,
  loadModel,
  maskOf,
  rowsOf,
} from "./golden_models.ts";

const FOLDERS = [...TYPE_FOLDERS, ...FAMILY_FOLDERS];
const TOKENS = 45;
const LENGTHS = [45, 30, 3];

for (const folder of FOLDERS) {
  Deno.test(`${folder}: the content of padding changes no visible output`, async () => {
    const model = await loadModel(folder);
    const random = new Random(1);
    const ids = LENGTHS.map(() => drawIds(random, TOKENS));
    const others = ids.map((row, b) => [
      ...row.slice(0, LENGTHS[b]),
      ...drawIds(random, TOKENS - LENGTHS[b]),
    ]);
    assertNotEquals(ids, others);
    const attention_mask = maskOf(LENGTHS, TOKENS);
    const first = (await model({ input_ids: ids, attention_mask })).last_hidden_state;
    const second = (await model({ input_ids: others, attention_mask })).last_hidden_state;
    for (const [b, length] of LENGTHS.entries()) {
      assertSameBits(await rowsOf(second, b, 0, length), await rowsOf(first, b, 0, length));
    }
    assertFinite(await first.getData());
    model.dispose();
  });

  Deno.test(`${folder}: a permuted batch gives permuted outputs`, async () => {
    const model = await loadModel(folder);
    const random = new Random(2);
    const input_ids = LENGTHS.map(() => drawIds(random, TOKENS));
    const attention_mask = maskOf(LENGTHS, TOKENS);
    const output = (await model({ input_ids, attention_mask })).last_hidden_state;
    const order = [2, 0, 1];
    const permuted = (await model({
      input_ids: order.map((b) => input_ids[b]),
      attention_mask: order.map((b) => attention_mask[b]),
    })).last_hidden_state;
    for (const [i, b] of order.entries()) {
      assertSameBits(await rowsOf(permuted, i, 0, TOKENS), await rowsOf(output, b, 0, TOKENS));
    }
    model.dispose();
  });

  Deno.test(`${folder}: a sequence alone is what it is in a batch`, async () => {
    const model = await loadModel(folder);
    const random = new Random(3);
    const input_ids = LENGTHS.map(() => drawIds(random, TOKENS));
    const attention_mask = maskOf(LENGTHS, TOKENS);
    const batch = (await model({ input_ids, attention_mask })).last_hidden_state;
    for (const [b, length] of LENGTHS.entries()) {
      const wanted = await rowsOf(batch, b, 0, length);
      const padded = await model({
        input_ids: [input_ids[b]],
        attention_mask: [attention_mask[b]],
      });
      assertSameBits(await rowsOf(padded.last_hidden_state, 0, 0, length), wanted);
      // Cut to at most two blocks, a sequence is attended to densely: another pattern.
      if (length < 25 && model.config.lsg) continue;
      const cut = await model({ input_ids: [input_ids[b].slice(0, length)] });
      assertSameBits(await rowsOf(cut.last_hidden_state, 0, 0, length), wanted);
    }
    model.dispose();
  });
}

Deno.test("a sequence without a visible token gives finite numbers", async () => {
  for (const folder of FOLDERS) {
    const model = await loadModel(folder);
    const input_ids = [drawIds(new Random(4), 20)];
    const output = await model({ input_ids, attention_mask: maskOf([0], 20) });
    assertFinite(await output.last_hidden_state.getData());
    model.dispose();
  }
});
