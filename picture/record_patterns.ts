/**
 * The patterns that LSG is compared with.
 *
 * @module
 */
import { fullAttention } from "../functional/full_attention.ts";
import { longformerAttention } from "../functional/longformer_attention.ts";
import { selfExtendRotary } from "../functional/self_extend_attention.ts";
import { type AttentionPattern, checkPatternSize, visibleRows } from "./attention_pattern.ts";
import { AttentionRecorder, numberedRows } from "./attention_recorder.ts";

/**
 * Which keys full attention sees.
 *
 * @param tokens Tokens of the text.
 * @param causal Whether a token sees nothing after itself.
 * @returns The pattern.
 * @throws {RangeError} If the size is out of range.
 */
export async function recordFull(tokens: number, causal: boolean): Promise<AttentionPattern> {
  checkPatternSize({ tokens, heads: 1, head: 0 });
  const recorder = new AttentionRecorder(0);
  const rows = numberedRows(tokens, 1);
  const shape = { batch: 1, tokens, heads: 1, causal, backend: recorder };
  await fullAttention({ query: rows, key: rows, value: rows }, shape);
  return {
    name: "Full attention",
    parameters: { tokens, ...(causal && { causal }) },
    globals: 0,
    tokens,
    causal,
    rows: visibleRows(recorder.parts, () => ["full"]),
    legend: { full: { text: `every token${causal ? " up to itself" : ""}` } },
  };
}

/**
 * Which keys Longformer attention sees.
 *
 * @param tokens Tokens of the text.
 * @param attention_window Width of the window, both sides together.
 * @param positions Places of the global tokens.
 * @returns The pattern.
 * @throws {RangeError} If a size is out of range or a global token outside the text.
 */
export async function recordLongformer(
  tokens: number,
  attention_window: number,
  positions: readonly number[],
): Promise<AttentionPattern> {
  checkPatternSize({ tokens, heads: 1, head: 0 });
  const globalMask = new Int32Array(tokens);
  for (const position of positions) {
    if (!Number.isInteger(position) || position < 0 || position >= tokens) {
      throw new RangeError(
        `Cannot draw global token ${position}: wanted a whole number from 0 to ${tokens - 1}`,
      );
    }
    globalMask[position] = 1;
  }
  const recorder = new AttentionRecorder(0);
  const rows = numberedRows(tokens, 1);
  await longformerAttention({
    query: rows,
    key: rows,
    value: rows,
    queryGlobal: rows,
    keyGlobal: rows,
    valueGlobal: rows,
    globalMask,
  }, { batch: 1, tokens, heads: 1, attention_window, backend: recorder });
  const hasGlobal = positions.length > 0;
  return {
    name: "Longformer attention",
    parameters: { tokens, attention_window, ...(hasGlobal && { global: positions.join(",") }) },
    globals: 0,
    tokens,
    causal: false,
    rows: visibleRows(
      recorder.parts,
      ({ sources }, index) => {
        if (index > 0) return ["global"];
        return sources.length > 1 ? ["global", "local"] : ["local"];
      },
    ),
    legend: {
      ...(hasGlobal && { global: { text: "tokens that see and are seen by every token" } }),
      local: { text: `a window of ${attention_window / 2} tokens to each side` },
    },
  };
}

/**
 * Which pairs Self-Extend gives ordinary positions and which grouped ones.
 *
 * @param tokens Tokens of the text.
 * @param group How many places share a position.
 * @param window How many keys keep ordinary positions.
 * @returns The pattern, with a line every `group` tokens.
 * @throws {RangeError} If a size is out of range.
 */
export async function recordSelfExtend(
  tokens: number,
  group: number,
  window: number,
): Promise<AttentionPattern> {
  checkPatternSize({ tokens, heads: 1, head: 0 });
  const recorder = new AttentionRecorder(0);
  // Rotary positions turn pairs of columns, so a head has two.
  const rows = numberedRows(tokens, 2);
  const shape = { batch: 1, tokens, heads: 1, group, window, backend: recorder };
  await selfExtendRotary({ query: rows, key: rows, value: rows }, shape);
  return {
    name: "Self-Extend",
    parameters: { tokens, group, window },
    globals: 0,
    tokens,
    block: group,
    causal: true,
    rows: visibleRows(recorder.parts, () => ["near", "far"]),
    legend: {
      near: { text: `the last ${window} tokens, at ordinary positions` },
      far: { text: `all before them, at positions that ${group} tokens share` },
    },
  };
}
