import { assert, assertEquals, assertRejects } from "@std/assert";
import { openBackend } from "../../device.ts";
import { AutoModelForSequenceClassification } from "../../models/mod.ts";
import { Random } from "../../tensor/random.ts";
import { assertSameBits } from "../helpers/compare.ts";
import { drawIds, goldenPath, loadModel, maskOf, rowsOf } from "./golden_models.ts";

const TOKENS = 30;
const INPUT = {
  input_ids: [drawIds(new Random(1), TOKENS), drawIds(new Random(2), TOKENS)],
  attention_mask: maskOf([TOKENS, 21], TOKENS),
};

/** A backend, and the rows that each feed-forward layer since the last call of `take()` computed. */
async function countingBackend() {
  const device = await openBackend("wasm");
  let counts: number[] = [];
  const { feedForward } = device;
  device.feedForward = (x, ...rest) => {
    counts.push(x.dims[0] * x.dims[1]);
    return feedForward.call(device, x, ...rest);
  };
  const take = () => {
    const taken = counts;
    counts = [];
    return taken;
  };
  return { device, take };
}

Deno.test("rowsAt() computes the wanted rows of the last layer, with the same bits", async () => {
  const { device, take } = await countingBackend();
  for (const folder of ["lsg_norm", "roberta_masked_lm", "longformer"]) {
    using model = await loadModel(folder, { device });
    const { last_hidden_state } = await model({ ...INPUT, output_hidden_states: true });
    const whole = take();
    assert(whole.every((rows) => rows >= 2 * TOKENS)); // for hidden states and the pooler, too
    const rows = [[0, 7, 29], [20, 0, -1]];
    const some = await model.rowsAt(INPUT, rows);
    assertEquals(take(), [...whole.slice(0, -1), 6]);
    for (const [b, tokens] of rows.entries()) {
      for (const [i, token] of tokens.entries()) {
        const row = await rowsOf(some, b, i, i + 1);
        if (token < 0) assert(row.every((value) => value === 0));
        else assertSameBits(row, await rowsOf(last_hidden_state, b, token, token + 1));
      }
    }
    await assertRejects(() => model.rowsAt(INPUT, [[0], [30]]), RangeError, "encode row 30");
    const inputs = { ...INPUT, output_hidden_states: true };
    await assertRejects(() => model.rowsAt(inputs, [[0], [0]]), TypeError, "wanted forward()");
  }
  device.dispose();
});

Deno.test("a classification computes one row of the last layer, with the same bits", async () => {
  const { device, take } = await countingBackend();
  const folder = goldenPath("heads/roberta_lsg_sequence_classification");
  using model = await AutoModelForSequenceClassification.from_pretrained(folder, { device });
  const { logits } = await model(INPUT);
  assertEquals(take().at(-1), 2);
  const all = await model({ ...INPUT, output_hidden_states: true });
  assert(take().at(-1)! >= 2 * TOKENS);
  assertSameBits(await logits.getData(), await all.logits.getData());
  device.dispose();
});
