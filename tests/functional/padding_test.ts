import { assert, assertEquals } from "@std/assert";
import { assertFinite, assertSameBits } from "../helpers/compare.ts";
import { Draw } from "../helpers/draw.ts";
import {
  COLUMNS,
  drawSequences,
  type Pattern,
  PATTERNS,
  pickRows,
  type Sequences,
  withTokens,
} from "../helpers/patterns.ts";
import { someOf, testOnBackends } from "../helpers/test_on_backends.ts";

/** Up to two blocks of four, just above, a whole number of blocks, unaligned. */
const LENGTHS = [1, 7, 8, 9, 16, 21];
const BATCH = 3;

/** Members of different lengths, the last one with holes and a masked first token. */
function drawPadded(draw: Draw, tokens: number): Sequences {
  const mask = Int32Array.from({ length: BATCH * tokens }, (_, position) => {
    const [b, t] = [Math.floor(position / tokens), position % tokens];
    if (b === 2) return t === 0 || draw.oneIn(3) ? 0 : 1;
    return t < Math.ceil(tokens / (b + 1)) ? 1 : 0;
  });
  return drawSequences(draw, BATCH, tokens, mask);
}

function positions(mask: Int32Array, value: 0 | 1): number[] {
  return [...mask.keys()].filter((position) => mask[position] === value);
}

/** Overwrites padding, except what the pattern reads of a masked first token. */
function fillPadding(pattern: Pattern, sequences: Sequences, content: (i: number) => number) {
  return withTokens(sequences, positions(sequences.mask, 0), (row, name, position) => {
    const isFirst = position % sequences.tokens === 0;
    if (isFirst && pattern.readsOfMaskedFirst.includes(name)) return;
    row.forEach((_, i) => row[i] = content(i));
  });
}

const CONTENTS: Record<string, (i: number) => number> = {
  "large numbers": (i) => 1e4 * (i + 1),
  "NaN": () => NaN,
  "infinities": (i) => i % 2 === 0 ? Infinity : -Infinity,
};

testOnBackends(
  "the content of padding changes no visible row, bit for bit",
  PATTERNS,
  async (pattern, backend) => {
    const draw = new Draw(1);
    for (const tokens of someOf(backend, LENGTHS)) {
      const sequences = drawPadded(draw, tokens);
      const visible = positions(sequences.mask, 1);
      const rows = (output: Float32Array) => pickRows(output, BATCH * tokens, visible);
      const expected = rows(await pattern.run(sequences, backend));
      const expectedGlobals = await pattern.runGlobals?.(sequences, backend);
      for (const content of Object.values(CONTENTS)) {
        const filled = fillPadding(pattern, sequences, content);
        assertSameBits(rows(await pattern.run(filled, backend)), expected);
        if (!expectedGlobals) continue;
        assertSameBits(await pattern.runGlobals!(filled, backend), expectedGlobals);
      }
    }
  },
);

testOnBackends(
  "a fully masked batch gives zeros, or finite values from globals",
  PATTERNS,
  async (pattern, backend) => {
    const draw = new Draw(2);
    for (const tokens of someOf(backend, LENGTHS)) {
      const sequences = drawSequences(draw, 2, tokens, new Int32Array(2 * tokens));
      const output = await pattern.run(sequences, backend);
      assertFinite(output);
      // Two blocks of the layer are plain attention: its global is masked there like any token.
      const seesKeys = pattern.alwaysSees && (pattern.runGlobals || tokens > 8);
      if (seesKeys) assert(output.every((value) => value !== 0), "a row sees no key");
      else assertEquals(output, new Float32Array(2 * tokens * COLUMNS));
      if (pattern.runGlobals) assertFinite(await pattern.runGlobals(sequences, backend));
    }
  },
);

testOnBackends(
  "zeros in masked rows, whatever they hold",
  PATTERNS.filter(({ name }) => name === "Longformer"),
  async (pattern, backend) => {
    const sequences = drawPadded(new Draw(3), 21);
    const output = await pattern.run(fillPadding(pattern, sequences, () => NaN), backend);
    const masked = pickRows(output, BATCH * 21, positions(sequences.mask, 0));
    assertEquals(masked, new Float32Array(masked.length));
  },
);
