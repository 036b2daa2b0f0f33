import { assert, assertEquals, assertRejects } from "@std/assert";
import { openBackend } from "../../device.ts";
import { AutoModelForMaskedLM, type MaskedLM } from "../../models/mod.ts";
import { Random } from "../../tensor/random.ts";
import { assertSameBits } from "../helpers/compare.ts";
import { drawIds, FAMILY_FOLDERS, FOLDERS, goldenPath, maskOf, rowsOf } from "./golden_models.ts";

const TOKENS = 30;
const INPUT = {
  input_ids: [drawIds(new Random(1), TOKENS), drawIds(new Random(2), TOKENS)],
  attention_mask: maskOf([TOKENS, 21], TOKENS),
};

function load(folder: string): Promise<MaskedLM> {
  return AutoModelForMaskedLM.from_pretrained(goldenPath(`models/${folder}`));
}

for (
  const folder of [
    ...FOLDERS,
    ...FAMILY_FOLDERS,
    "roberta_untied",
    "albert_old_names",
    "distilbert_old_names",
  ]
) {
  Deno.test(`${folder}: logitsAt gives the rows that forward gives`, async () => {
    const model = await load(folder);
    const { logits } = await model(INPUT);
    assertEquals(logits.dims, [2, TOKENS, model.config.vocab_size]);
    const rows = [[0, 7, 29], [20, 3, 3]];
    const some = await model.logitsAt(INPUT, rows);
    assertEquals(some.dims, [2, 3, model.config.vocab_size]);
    for (const [b, tokens] of rows.entries()) {
      for (const [i, token] of tokens.entries()) {
        assertSameBits(
          await rowsOf(some, b, i, i + 1),
          await rowsOf(logits, b, token, token + 1),
        );
      }
    }
    model.dispose();
  });
}

Deno.test("the last layer computes the rows that are asked for, with the same bits", async () => {
  const device = await openBackend("wasm");
  const multiplied: number[] = [];
  const { feedForward } = device;
  device.feedForward = (x, ...rest) => {
    multiplied.push(x.dims[1]);
    return feedForward.call(device, x, ...rest);
  };
  for (const folder of ["lsg_norm", "roberta_masked_lm", "longformer"]) {
    using model = await AutoModelForMaskedLM.from_pretrained(goldenPath(`models/${folder}`), {
      device,
    });
    const { logits } = await model(INPUT);
    multiplied.length = 0;
    for (const row of [0, 1, 15, 28]) {
      const some = await model.logitsAt(INPUT, [[row], [Math.max(0, row - 3)]]);
      assertSameBits(await rowsOf(some, 0, 0, 1), await rowsOf(logits, 0, row, row + 1));
      some.dispose();
    }
    assertEquals(multiplied.at(-1), 1);
    assert(multiplied.at(-2)! >= TOKENS);
  }
  device.dispose();
});

Deno.test("logitsAt takes -1 as padding", async () => {
  const model = await load("lsg_norm");
  const { logits } = await model(INPUT);
  const some = await model.logitsAt(INPUT, [[4, 5], [6, -1]]);
  assertSameBits(await rowsOf(some, 0, 1, 2), await rowsOf(logits, 0, 5, 6));
  assertSameBits(await rowsOf(some, 1, 0, 1), await rowsOf(logits, 1, 6, 7));
  model.dispose();
});

for (
  const [rows, error, message] of [
    [[[30], [0]], RangeError, "row 30: wanted 0 … 29"],
    [[[0], [-2]], RangeError, "row -2"],
    [[[0], [1.5]], RangeError, "row 1.5"],
    [[[0, 1, 2], [3]], TypeError, "3,1 rows of 2 sequences"],
    [[[0]], TypeError, "1 rows of 1 sequences"],
    [[[], []], TypeError, "0,0 rows"],
    [[], TypeError, "rows of 0 sequences"],
    [[0, 1], TypeError, "rows [0,1]: wanted [batch, rows]"],
    [undefined, TypeError, "rows undefined"],
  ] as const
) {
  Deno.test(`logitsAt refuses the rows ${JSON.stringify(rows)}`, async () => {
    const model = await load("lsg_norm");
    await assertRejects(() => model.logitsAt(INPUT, rows as unknown as number[][]), error, message);
    model.dispose();
  });
}

Deno.test("logitsAt returns no hidden states", async () => {
  const model = await load("lsg_norm");
  const inputs = { ...INPUT, output_hidden_states: true };
  await assertRejects(() => model.logitsAt(inputs, [[1], [2]]), TypeError, "wanted forward()");
  model.dispose();
});
