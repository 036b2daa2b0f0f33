/**
 * Hidden words to predict (Devlin et al., 2019, section 3.1).
 *
 * @module
 */
import { subkey } from "../tensor/counter_words.ts";
import { Random } from "../tensor/random.ts";
import { IGNORED } from "./losses.ts";

/** How tokens are hidden. */
export interface MaskOptions {
  /** The id of the mask token. */
  readonly maskId: number;
  /**
   * Number of words: a hidden one may be replaced by any of them. The Collator gives that of the
   * model's table; transformers takes the tokenizer's words, which may be fewer.
   */
  readonly vocabulary: number;
  /** Ids that are never hidden. */
  readonly specialIds: ReadonlySet<number>;
  /** The share of tokens that are to be predicted; 0.15 if absent. */
  readonly probability?: number;
}

/** A row with hidden words. */
export interface MaskedRow {
  /** `[tokens]`: what the model reads. */
  readonly ids: Int32Array;
  /** `[tokens]`: the ids to predict, −100 elsewhere. */
  readonly labels: Int32Array;
}

/**
 * Chooses tokens to predict, each with the given probability. Of these 80 % become the mask token,
 * 10 % a random word, 10 % stay, as in transformers' `DataCollatorForLanguageModeling`.
 *
 * @param ids `[tokens]`.
 * @param options What is hidden, and by what.
 * @param seeds Numbers that the choice depends on, and on nothing else: seed, epoch, number of the
 * example.
 * @returns The row and its labels.
 */
export function maskTokens(
  ids: Int32Array,
  { maskId, vocabulary, specialIds, probability = 0.15 }: MaskOptions,
  seeds: readonly number[],
): MaskedRow {
  const random = new Random(seeds.reduce((key, number) => subkey(key, number + 1), 0));
  const labels = new Int32Array(ids.length).fill(IGNORED);
  const masked = ids.map((id, token) => {
    // Three draws a token, so that a token's do not depend on what became of others.
    const [chosen, kind, word] = [random.uniform(), random.uniform(), random.uniform()];
    if (chosen >= probability || specialIds.has(id)) return id;
    labels[token] = id;
    return kind < 0.8 ? maskId : kind < 0.9 ? Math.floor(word * vocabulary) : id;
  });
  return { ids: masked, labels };
}
