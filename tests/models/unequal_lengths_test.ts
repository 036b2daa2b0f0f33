import { assert, assertEquals } from "@std/assert";
import { openBackend } from "../../device.ts";
import {
  AutoModelForMaskedLM,
  AutoModelForSequenceClassification,
  type ModelInputs,
} from "../../models/mod.ts";
import type { Floats } from "../../ops/backend.ts";
import { groupLengths, takeGroup, visibleLengths } from "../../models/unequal_lengths.ts";
import { Random } from "../../tensor/random.ts";
import { assertSameBits } from "../helpers/compare.ts";
import { testOnBackends } from "../helpers/test_on_backends.ts";
import { drawIds, goldenPath, hiddenStates, loadModel, maskOf, rowsOf } from "./golden_models.ts";

/** The rows of groups, and 128 for each. */
function rowsOfGroups(lengths: readonly number[], groups: readonly (readonly number[])[]): number {
  return groups.reduce(
    (sum, group) => sum + 128 + group.length * Math.max(...group.map((i) => lengths[i])),
    0,
  );
}

/** All ways to cut a list into groups of neighbours. */
function cuts(list: readonly number[]): (readonly number[])[][] {
  if (list.length === 0) return [[]];
  return list.flatMap((_, i) =>
    cuts(list.slice(i + 1)).map((rest) => [list.slice(0, i + 1), ...rest])
  );
}

Deno.test("groupLengths() computes the fewest rows", () => {
  const random = new Random(1);
  for (let run = 0; run < 40; run++) {
    const lengths = Array.from({ length: 1 + run % 8 }, () => Math.floor(random.uniform() * 500));
    const groups = groupLengths(lengths);
    assertEquals(
      groups.flatMap(({ sequences }) => sequences).sort((a, b) => a - b),
      [...lengths.keys()],
    );
    for (const { sequences, tokens } of groups) {
      assertEquals(tokens, Math.max(...sequences.map((b) => lengths[b])));
    }
    const sorted = [...lengths.keys()].sort((a, b) => lengths[a] - lengths[b]);
    assertEquals(
      rowsOfGroups(lengths, groups.map(({ sequences }) => sequences)),
      Math.min(...cuts(sorted).map((groups) => rowsOfGroups(lengths, groups))),
    );
  }
  assertEquals(groupLengths([4096, 512, 4090]), [
    { sequences: [0, 2], tokens: 4096 },
    { sequences: [1], tokens: 512 },
  ]);
});

Deno.test("takeGroup() takes the first tokens of sequences, visibleLengths() counts them", () => {
  const values = Int32Array.from({ length: 12 }, (_, i) => i);
  const mask = Int32Array.of(1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0);
  const globalMask = Int32Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0);
  const batch = { batch: 3, tokens: 4, ids: values, mask, typeIds: values, globalMask };
  // A masked token that should be global is not.
  assertEquals(visibleLengths(batch), [2, 0, 3]);
  assertEquals(takeGroup(batch, { sequences: [0, 2], tokens: 3 }), {
    batch: 2,
    tokens: 3,
    ids: Int32Array.of(0, 1, 2, 8, 9, 10),
    mask: Int32Array.of(1, 1, 0, 1, 0, 1),
    typeIds: Int32Array.of(0, 1, 2, 8, 9, 10),
    globalMask: new Int32Array(6),
  });
});

const TOKENS = 60;
const LENGTHS = [5, 60, 9, 30, 9, 8, 7, 5, 11, 6, 26, 30];
const random = new Random(5);
const INPUTS = {
  input_ids: LENGTHS.map(() => drawIds(random, TOKENS)),
  attention_mask: maskOf(LENGTHS, TOKENS),
};

/** A sequence beside a long one: two of them run at once. */
function beside(b: number): ModelInputs {
  return {
    input_ids: [INPUTS.input_ids[1], INPUTS.input_ids[b]],
    attention_mask: [INPUTS.attention_mask[1], INPUTS.attention_mask[b]],
  };
}

const FOLDERS = [
  "roberta_masked_lm",
  "lsg_norm",
  "lsg_lsh",
  "longformer",
].map((name) => ({ name }));

testOnBackends(
  "sequences of unequal lengths give what they give together, and zeros behind them",
  FOLDERS,
  async ({ name }, device) => {
    const model = await loadModel(name, { device });
    const output = await hiddenStates(model, INPUTS);
    assertEquals(output.dims, [LENGTHS.length, TOKENS, model.config.hidden_size]);
    for (const b of [0, 1, 3, 8]) {
      const length = LENGTHS[b];
      const wanted = await hiddenStates(model, beside(b));
      assertSameBits(await rowsOf(output, b, 0, length), await rowsOf(wanted, 1, 0, length));
      if (length > 11) continue;
      assert((await rowsOf(output, b, 40, TOKENS)).every((value) => value === 0));
      assert((await rowsOf(wanted, 1, 40, TOKENS)).every((value) => value !== 0));
    }
    model.dispose();
  },
);

Deno.test("hidden states and the callback of unequal lengths are those of one pass", async () => {
  const device = await openBackend("wasm");
  for (const name of ["lsg_norm", "roberta_masked_lm"]) {
    using model = await loadModel(name, { device });
    const { num_hidden_layers: layers } = model.config;
    const heard: unknown[] = [];
    const layer_callback = (done: unknown) => heard.push(done);
    const run = { ...INPUTS, layer_callback, output_hidden_states: true };
    const { hidden_states, last_hidden_state } = await model(run);
    assertEquals(heard, Array.from({ length: layers }, (_, i) => ({ layer: i + 1, layers })));
    assertEquals(hidden_states?.length, layers + 1);
    assert(hidden_states!.at(-1) === last_hidden_state);
    const wanted = await model({ ...beside(4), output_hidden_states: true });
    for (const [i, state] of hidden_states!.entries()) {
      assertSameBits(
        await rowsOf(state, 4, 0, LENGTHS[4]),
        await rowsOf(wanted.hidden_states![i], 1, 0, LENGTHS[4]),
      );
    }
  }
  device.dispose();
});

Deno.test("rows that are asked for may lie in the padding", async () => {
  using model = await AutoModelForMaskedLM.from_pretrained(goldenPath("models/lsg_norm"));
  const rows = LENGTHS.map((length, b) => [0, b === 5 ? 50 : length - 1, -1]);
  const logits = await model.logitsAt(INPUTS, rows);
  for (const b of [0, 1, 5, 8]) {
    const wanted = await model.logitsAt(beside(b), [rows[1], rows[b]]);
    assertSameBits(await rowsOf(logits, b, 0, 2), await rowsOf(wanted, 1, 0, 2));
  }
});

Deno.test("a classification of unequal lengths is each sequence's own", async () => {
  const folder = goldenPath("heads/roberta_lsg_sequence_classification");
  using model = await AutoModelForSequenceClassification.from_pretrained(folder);
  const { logits } = await model(INPUTS);
  for (const b of [0, 1, 10]) {
    const wanted = await model(beside(b));
    assertSameBits(await rowOf(logits, b), await rowOf(wanted.logits, 1));
  }
});

async function rowOf(logits: Floats, b: number): Promise<Float32Array> {
  const [, width] = logits.dims;
  return (await logits.getData()).slice(b * width, (b + 1) * width);
}
