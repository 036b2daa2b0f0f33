/**
 * Keys in 8 bits, for scores that are products of integers.
 *
 * @module
 */
import type { Backend, Floats, Integers } from "../../ops/backend.ts";
import { quantizeHeads } from "../../ops/quantize_heads.ts";
import { everything } from "../../ops/span.ts";

/** Projected keys, and which of them are those of tokens. */
interface KeyRows {
  /** `[batch, rows, heads·width]`. */
  readonly key: Floats;
  /** `[batch, tokens]`: 1 visible, 0 padding; absent: all visible. */
  readonly mask?: Integers;
  /** Heads. */
  readonly heads: number;
  /** Whether scores are products of integers of 8 bits; absent: of floats. */
  readonly scores?: "q8";
  /** The row of the first token. */
  readonly first: number;
  /** How many rows are tokens. */
  readonly tokens: number;
}

/**
 * How keys are held for the scores that are wanted: with `q8` each head of each key is rounded to 8
 * bits, less the mean of the sequence's visible tokens. All keys of a softmax are shifted alike, which
 * adds the same to all scores of a query, so that no weight changes. What was rounded is disposed of:
 * it would be a fifth of a pass's memory.
 *
 * @param backend Backend that runs the operations.
 * @param rows Keys, and the tokens that the mean is taken over.
 * @returns A function that takes keys, `[batch, n, heads·width]`, and returns them as they are held,
 * the same for the same keys.
 */
export function keyHolder(
  backend: Backend,
  { key, mask, heads, scores, first, tokens: count }: KeyRows,
): (keys: Floats) => Floats {
  if (scores !== "q8") return (keys) => keys;
  const [batch, , width] = key.dims;
  // A query of zeros weighs all keys that it sees alike.
  const zeros = backend.floats(new Float32Array(batch * width), [batch, 1, width]);
  const source = { keys: key, values: key, first, count, mask, spans: [everything(count)] };
  const mean = backend.attend(zeros, [{ first: 0, count: 1, sources: [source] }], { heads });
  const held = new Map<Floats, Floats>();
  return (keys) => {
    const made = held.get(keys) ?? backend.run(quantizeHeads, keys, { heads, mean });
    held.set(keys, made);
    keys.dispose();
    return made;
  };
}

/**
 * How the scores of an encoder's attention are computed: from integers of 8 bits with the dtype `q8`,
 * but not on `webgpu`, nor where gradients are wanted, nor where a token sees nothing after itself, as
 * the mean of the keys tells of those.
 *
 * @param backend The backend of a pass.
 * @param isCausal Whether a token sees nothing after itself.
 * @returns The data type.
 */
export function scoresOf(backend: Backend, isCausal: boolean): "q8" | undefined {
  const { name, dtype, dropoutKey } = backend;
  return dtype === "q8" && name !== "webgpu" && !dropoutKey && !isCausal ? "q8" : undefined;
}
