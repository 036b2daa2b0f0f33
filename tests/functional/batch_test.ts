import { assertSameBits } from "../helpers/compare.ts";
import { Draw } from "../helpers/draw.ts";
import { drawSequences, PATTERNS, pickRows, pickSequences } from "../helpers/patterns.ts";
import { someOf, testOnBackends } from "../helpers/test_on_backends.ts";

const LENGTHS = [1, 8, 21];
const BATCH = 4;
const ORDER = [2, 0, 3, 1];

testOnBackends(
  "a sequence is without influence on the others, bit for bit",
  PATTERNS,
  async (pattern, backend) => {
    const draw = new Draw(1);
    for (const tokens of someOf(backend, LENGTHS)) {
      const mask = Int32Array.from({ length: BATCH * tokens }, () => draw.oneIn(3) ? 0 : 1);
      const sequences = drawSequences(draw, BATCH, tokens, mask);
      for (const run of [pattern.run, pattern.runGlobals]) {
        if (!run) continue;
        const together = await run(sequences, backend);
        const permuted = await run(pickSequences(sequences, ORDER), backend);
        assertSameBits(permuted, pickRows(together, BATCH, ORDER));
        for (let b = 0; b < BATCH; b++) {
          const alone = await run(pickSequences(sequences, [b]), backend);
          assertSameBits(alone, pickRows(together, BATCH, [b]));
        }
      }
    }
  },
);
