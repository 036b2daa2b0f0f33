import { assertNotEquals } from "@std/assert";
import { assertSameBits } from "../helpers/compare.ts";
import { Draw } from "../helpers/draw.ts";
import {
  COLUMNS,
  drawSequences,
  PATTERNS,
  type Sequences,
  withTokens,
} from "../helpers/patterns.ts";

/** One, two and five blocks of four, and what does not divide. */
const LENGTHS = [4, 8, 19, 20];

function drawVisible(draw: Draw, tokens: number): Sequences {
  return drawSequences(draw, 1, tokens, new Int32Array(tokens).fill(1));
}

function replaceToken(draw: Draw, sequences: Sequences, place: number): Sequences {
  return withTokens(sequences, [place], (row) => row.set(draw.normals(row.length)));
}

for (const pattern of PATTERNS.filter(({ causal }) => causal)) {
  Deno.test(`${pattern.name}: no output changes when a later token does, bit for bit`, async () => {
    const draw = new Draw(1);
    for (const tokens of LENGTHS) {
      const sequences = drawVisible(draw, tokens);
      const expected = await pattern.run(sequences);
      for (let place = 1; place < tokens; place++) {
        const mask = sequences.mask.with(place, 0);
        const changed = replaceToken(draw, sequences, place);
        for (const other of [changed, { ...sequences, mask }]) {
          const output = await pattern.run(other);
          const end = place * COLUMNS;
          assertSameBits(output.subarray(0, end), expected.subarray(0, end));
        }
      }
    }
  });

  Deno.test(`${pattern.name}: an output changes when its own token does`, async () => {
    const draw = new Draw(2);
    const tokens = 19;
    const sequences = drawVisible(draw, tokens);
    const expected = await pattern.run(sequences);
    for (let place = 0; place < tokens; place++) {
      const output = await pattern.run(replaceToken(draw, sequences, place));
      const row = [place * COLUMNS, (place + 1) * COLUMNS];
      assertNotEquals(output.slice(...row), expected.slice(...row));
    }
  });
}

for (const pattern of PATTERNS) {
  if (!pattern.runGlobals) continue;
  const sees = pattern.causal ? "nothing of the tokens" : "every token";
  Deno.test(`${pattern.name}: globals see ${sees}`, async () => {
    const draw = new Draw(3);
    for (const tokens of LENGTHS) {
      const sequences = drawVisible(draw, tokens);
      const expected = await pattern.runGlobals!(sequences);
      for (let place = 0; place < tokens; place++) {
        const output = await pattern.runGlobals!(replaceToken(draw, sequences, place));
        if (pattern.causal) assertSameBits(output, expected);
        else assertNotEquals(output, expected);
      }
    }
  });
}
