/**
 * Recordings of the patterns that LSG is compared with.
 *
 * @module
 */
import { fullAttention } from "../attention/full/full_attention.ts";
import { longformerAttention } from "../attention/longformer/longformer_attention.ts";
import { longformerRows } from "../attention/longformer/longformer_masks.ts";
import {
  selfExtendRotary,
  selfExtendTurns,
} from "../attention/self_extend/self_extend_attention.ts";
import { type AttentionPattern, checkPatternSize, visibleRows } from "./attention_pattern.ts";
import { AttentionRecorder, numberedRows } from "./attention_recorder.ts";

/**
 * Records full attention.
 *
 * @param tokens Tokens of the text.
 * @param causal Whether attention is causal.
 * @returns The pattern.
 * @throws {RangeError} If the size is out of range.
 */
export function recordFull(tokens: number, causal: boolean): AttentionPattern {
  checkPatternSize({ tokens, heads: 1, head: 0 });
  const recorder = new AttentionRecorder(0);
  const rows = recorder.backend.floats(numberedRows(tokens, 1), [1, tokens, 1]);
  fullAttention(recorder.backend, { query: rows, key: rows, value: rows, heads: 1 }, causal);
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
 * Records Longformer attention.
 *
 * @param tokens Tokens of the text.
 * @param attention_window Width of the window, both sides together.
 * @param positions Positions of the global tokens.
 * @returns The pattern.
 * @throws {RangeError} If a size is out of range or a global token is outside the text.
 */
export function recordLongformer(
  tokens: number,
  attention_window: number,
  positions: readonly number[],
): AttentionPattern {
  checkPatternSize({ tokens, heads: 1, head: 0 });
  const isGlobal = new Int32Array(tokens);
  for (const position of positions) {
    if (!Number.isInteger(position) || position < 0 || position >= tokens) {
      throw new RangeError(
        `Cannot draw global token ${position}: wanted a whole number from 0 to ${tokens - 1}`,
      );
    }
    isGlobal[position] = 1;
  }
  const recorder = new AttentionRecorder(0);
  const rows = recorder.backend.floats(numberedRows(tokens, 1), [1, tokens, 1]);
  const mask = new Int32Array(tokens).fill(1);
  const { local, globalRows, globalMask, globals } = longformerRows(mask, isGlobal, 1);
  const masks = {
    visible: recorder.backend.integers(mask, [1, tokens]),
    local: recorder.backend.integers(local, [1, tokens]),
    globalRows: recorder.backend.integers(globalRows, [1, globals]),
    globalMask: recorder.backend.integers(globalMask, [1, globals]),
  };
  const hasGlobal = globals > 0;
  const global = hasGlobal
    ? { query: recorder.backend.gatherRows(rows, masks.globalRows), key: rows, value: rows }
    : undefined;
  const input = { query: rows, key: rows, value: rows, global, heads: 1, masks };
  longformerAttention(recorder.backend, input, attention_window);
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
      local: { text: `a window of ${attention_window / 2} tokens on each side` },
    },
  };
}

/**
 * Records Self-Extend, with near keys at ordinary positions and far keys at grouped ones.
 *
 * @param tokens Tokens of the text.
 * @param group Number of neighbouring tokens that share a position.
 * @param window Number of keys at ordinary positions.
 * @returns The pattern, with a grid line every `group` tokens.
 * @throws {RangeError} If a size is out of range.
 */
export function recordSelfExtend(tokens: number, group: number, window: number): AttentionPattern {
  checkPatternSize({ tokens, heads: 1, head: 0 });
  const recorder = new AttentionRecorder(0);
  // Rotary positions rotate pairs of columns, so a head needs two.
  const rows = recorder.backend.floats(numberedRows(tokens, 2), [1, tokens, 2]);
  const input = { query: rows, key: rows, value: rows, heads: 1, keyHeads: 1 };
  const turns = selfExtendTurns(recorder.backend, tokens, { group, window }, { frequencies: [1] });
  selfExtendRotary(recorder.backend, input, window, turns);
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
      far: { text: `all earlier tokens, at positions that ${group} of them share` },
    },
  };
}
