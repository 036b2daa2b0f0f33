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
import { someOf, testOnBackends } from "../helpers/test_on_backends.ts";

/** One, two and five blocks of four, and a length that is not a multiple. */
const LENGTHS = [4, 8, 19, 20];

function drawVisible(draw: Draw, tokens: number): Sequences {
  return drawSequences(draw, 1, tokens, new Int32Array(tokens).fill(1));
}

function replaceToken(draw: Draw, sequences: Sequences, position: number): Sequences {
  return withTokens(sequences, [position], (row) => row.set(draw.normals(row.length)));
}

const CAUSAL = PATTERNS.filter(({ causal }) => causal);

testOnBackends(
  "no output changes when a later token does, bit for bit",
  CAUSAL,
  async (pattern, backend) => {
    const draw = new Draw(1);
    for (const tokens of someOf(backend, LENGTHS)) {
      const sequences = drawVisible(draw, tokens);
      const expected = await pattern.run(sequences, backend);
      for (const position of someOf(backend, [...sequences.mask.keys()].slice(1))) {
        const mask = sequences.mask.with(position, 0);
        const changed = replaceToken(draw, sequences, position);
        for (const other of [changed, { ...sequences, mask }]) {
          const output = await pattern.run(other, backend);
          const end = position * COLUMNS;
          assertSameBits(output.subarray(0, end), expected.subarray(0, end));
        }
      }
    }
  },
);

testOnBackends("an output changes when its own token does", CAUSAL, async (pattern, backend) => {
  const draw = new Draw(2);
  const tokens = 19;
  const sequences = drawVisible(draw, tokens);
  const expected = await pattern.run(sequences, backend);
  for (const position of someOf(backend, [...sequences.mask.keys()])) {
    const output = await pattern.run(replaceToken(draw, sequences, position), backend);
    const row = [position * COLUMNS, (position + 1) * COLUMNS];
    assertNotEquals(output.slice(...row), expected.slice(...row));
  }
});

testOnBackends(
  "globals see every token, or nothing of them where attention is causal",
  PATTERNS.filter(({ runGlobals }) => runGlobals),
  async (pattern, backend) => {
    const draw = new Draw(3);
    for (const tokens of someOf(backend, LENGTHS)) {
      const sequences = drawVisible(draw, tokens);
      const expected = await pattern.runGlobals!(sequences, backend);
      for (const position of someOf(backend, [...sequences.mask.keys()])) {
        const changed = replaceToken(draw, sequences, position);
        const output = await pattern.runGlobals!(changed, backend);
        if (pattern.causal) assertSameBits(output, expected);
        else assertNotEquals(output, expected);
      }
    }
  },
);
