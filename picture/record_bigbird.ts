/**
 * Recordings of BigBird attention.
 *
 * @module
 */
import { resolveAttention } from "../attention/baselines/attention_options.ts";
import { bigbirdAttention } from "../attention/baselines/bigbird_attention.ts";
import {
  bigbirdList,
  drawBigbirdBlocks,
  isDenseBigbird,
} from "../attention/baselines/bigbird_pattern.ts";
import { Random } from "../tensor/random.ts";
import {
  type AttentionPattern,
  checkPatternSize,
  type PatternSize,
  visibleRows,
} from "./attention_pattern.ts";
import { AttentionRecorder, numberedRows, type RecordedPart } from "./attention_recorder.ts";
import type { KeyKind } from "./visible_keys.ts";

/** Sizes of a BigBird pattern and the seed of its random blocks. */
export interface BigbirdPatternSize extends PatternSize {
  /** Seed of the random blocks. */
  readonly seed: number;
}

/** Parameters of BigBird attention. */
export interface BigbirdPatternParameters {
  /** Tokens of a block; 64 if absent. */
  readonly block_size?: number;
  /** Random blocks that a block sees; 3 if absent. */
  readonly num_random_blocks?: number;
}

/**
 * Records BigBird attention.
 *
 * @param given Parameters; defaults apply to absent ones.
 * @param size Sizes and seed.
 * @returns The pattern.
 * @throws {RangeError} If a parameter or a size is out of range.
 */
export function recordBigbird(
  given: BigbirdPatternParameters,
  size: BigbirdPatternSize,
): AttentionPattern {
  checkPatternSize(size);
  const { block_size, num_random_blocks } = resolveAttention({ type: "bigbird", ...given });
  const { tokens, heads, head, seed } = size;
  const shape = { tokens, heads, block_size, num_random_blocks };
  const dense = isDenseBigbird(shape);
  const hasRandom = !dense && num_random_blocks > 0;
  const recorder = new AttentionRecorder(head);
  const rows = recorder.backend.floats(numberedRows(tokens, heads), [1, tokens, heads]);
  const projected = { query: rows, key: rows, value: rows, heads };
  if (!hasRandom) bigbirdAttention(recorder.backend, projected, shape);
  else {
    const drawn = drawBigbirdBlocks(shape, new Random(seed));
    const { rows, mask, entries } = bigbirdList(drawn, new Int32Array(tokens).fill(1), shape);
    bigbirdAttention(recorder.backend, projected, shape, {
      rows: recorder.backend.integers(rows, [1, rows.length]),
      mask: recorder.backend.integers(mask, [1, heads, entries]),
    });
  }
  return {
    name: "BigBird attention",
    parameters: {
      tokens,
      block_size,
      num_random_blocks,
      ...(hasRandom && { head: `${head} of ${heads}`, seed }),
    },
    globals: 0,
    tokens,
    block: block_size,
    causal: false,
    rows: visibleRows(
      recorder.parts.map(dense ? (part) => part : splitSpans),
      dense ? () => ["full"] : kindsOf,
    ),
    legend: dense ? { full: { text: "every token, as there are few blocks" } } : {
      global: { text: `the first and the last block of ${block_size}, which see every token` },
      local: { text: "its own block and both neighbouring blocks" },
      ...(hasRandom && {
        random: {
          text: `${num_random_blocks} random ${num_random_blocks === 1 ? "block" : "blocks"} ` +
            `(those of head ${head})`,
        },
      }),
    },
  };
}

/** Makes a source of each span, as a part's first source has the global and the local ones. */
function splitSpans(part: RecordedPart): RecordedPart {
  const sources = part.sources.flatMap((source) =>
    source.spans.map((span) => ({ ...source, spans: [span] }))
  );
  return { ...part, sources };
}

/** Spans over the tokens that do not move are global; the list of random blocks is the last. */
function kindsOf({ sources }: RecordedPart): KeyKind[] {
  const [{ columns }] = sources;
  return sources.map((source) =>
    source.columns !== columns ? "random" : source.spans[0].stride === 0 ? "global" : "local"
  );
}
