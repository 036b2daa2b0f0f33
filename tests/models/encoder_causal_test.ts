import { assertEquals, assertNotEquals } from "@std/assert";
import { Random } from "../../tensor/random.ts";
import { assertSameBits } from "../helpers/compare.ts";
import { someOf, testOnBackends } from "../helpers/test_on_backends.ts";
import {
  drawIds,
  FAMILY_FOLDERS,
  FOLDERS,
  hiddenStates,
  loadModel,
  rowsOf,
} from "./golden_models.ts";

const TOKENS = 45;

/** These families refuse `is_decoder`, as the published packages' classes have no causal form. */
const ENCODERS = ["distilbert_lsg_norm", "albert_lsg_norm", "longformer", "modernbert"];
const DECODERS = [...FOLDERS, ...FAMILY_FOLDERS].filter((name) => !ENCODERS.includes(name))
  .map((name) => ({ name }));

// bos_pooling weighs by the first token, which is the first: it is causal like the others.
testOnBackends(
  "as a decoder: a later token changes nothing before it",
  DECODERS,
  async ({ name }, device) => {
    const model = await loadModel(name, { device, config: { is_decoder: true } });
    const random = new Random(5);
    const ids = drawIds(random, TOKENS);
    const output = await hiddenStates(model, { input_ids: [ids] });
    for (const changed of someOf(device, [1, 7, 8, 20, 31, 44])) {
      const input_ids = [ids.with(changed, ids[changed] === 9 ? 10 : 9)];
      const other = await hiddenStates(model, { input_ids });
      assertSameBits(await rowsOf(other, 0, 0, changed), await rowsOf(output, 0, 0, changed));
      assertNotEquals(
        await rowsOf(other, 0, changed, changed + 1),
        await rowsOf(output, 0, changed, changed + 1),
      );
    }
    model.dispose();
  },
);

Deno.test("as an encoder a later token does change rows before it", async () => {
  const model = await loadModel("lsg_norm");
  assertEquals(model.config.is_decoder, false);
  const ids = drawIds(new Random(5), TOKENS);
  const output = (await model({ input_ids: [ids] })).last_hidden_state;
  const other = (await model({ input_ids: [ids.with(8, 3)] })).last_hidden_state;
  assertNotEquals(await rowsOf(other, 0, 1, 8), await rowsOf(output, 0, 1, 8));
  model.dispose();
});

Deno.test("as a decoder no row is replaced by a global token's", async () => {
  const config = { is_decoder: true };
  const pooled = await loadModel("lsg_norm", { config: { ...config, pool_with_global: true } });
  const plain = await loadModel("lsg_norm", { config: { ...config, pool_with_global: false } });
  const input_ids = [drawIds(new Random(6), TOKENS)];
  assertSameBits(
    await (await pooled({ input_ids })).last_hidden_state.getData(),
    await (await plain({ input_ids })).last_hidden_state.getData(),
  );
  pooled.dispose();
  plain.dispose();
});
