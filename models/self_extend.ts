/**
 * Self-Extend in a model: which group and window a call uses.
 *
 * @module
 */
import {
  chooseSelfExtend,
  longestExtended,
  type SelfExtendOption,
  type SelfExtendSettings,
} from "../attention/self_extend/self_extend_settings.ts";
import { ropeRotation } from "../attention/rotary/rope.ts";
import { warnOnce } from "../base/warn_once.ts";
import type { ModelConfig } from "../families/model_config.ts";

export {
  checkSelfExtend,
  type SelfExtendOption,
  type SelfExtendSettings,
} from "../attention/self_extend/self_extend_settings.ts";

/**
 * How many tokens a model's positions were trained for.
 *
 * @param config The checkpoint's config.
 * @returns `max_position_embeddings`, or what its scaling of rotary positions makes of it, where that
 * says so; Infinity with `dynamic`, which fits any length.
 */
export function trainedLength({ max_position_embeddings: length, rope }: ModelConfig): number {
  if (rope?.scaling.type === "dynamic") return Infinity;
  if (rope?.scaling.type !== "yarn") return length;
  return Math.max(length, rope.scaling.trained * rope.scaling.factor);
}

/**
 * Decides what a call uses, and warns if its longest sequence is longer than what the model was
 * trained on.
 *
 * @param config Config of a model with rotary positions.
 * @param tokens Tokens of the longest sequence.
 * @param option The call's choice, or the model's.
 * @returns Group and window; undefined: ordinary positions for all pairs.
 */
export function selfExtendFor(
  config: ModelConfig,
  tokens: number,
  option: SelfExtendOption | undefined,
): SelfExtendSettings | undefined {
  const trained = trainedLength(config);
  if (option === "auto") return chooseSelfExtend(trained, tokens);
  const longest = option ? longestExtended(trained, option) : trained;
  if (tokens > longest) {
    const { group_size, window_size } = chooseSelfExtend(trained, tokens)!;
    warnOnce(
      `A sequence of ${tokens} tokens is longer than the ${longest} that this model has positions ` +
        `for${
          option ? ` with self_extend ${JSON.stringify(option)}` : ""
        }, which makes it worse. ` +
        `What would do: self_extend: { group_size: ${group_size}, window_size: ${window_size} }`,
    );
  }
  if (!option) return undefined;
  const { group_size, window_size } = option;
  return { group_size, window_size };
}

/**
 * Tells whether positions are the same for two lengths of the longest row, which `dynamic` depends on.
 *
 * @param config Config of a model with rotary positions.
 * @param lengths The two lengths.
 * @returns Whether they are.
 */
export function isSameRotation({ rope }: ModelConfig, ...lengths: [number, number]): boolean {
  const [first, second] = lengths.map((longest) => ropeRotation(rope!, longest).frequencies);
  return first.every((frequency, i) => frequency === second[i]);
}
