/**
 * Ids that a decoder reads while it is trained.
 *
 * @module
 */
import type { ModelConfig } from "../families/families.ts";
import { familyOf } from "../families/known_families.ts";
import { IGNORED } from "./losses.ts";

/**
 * Shifts labels one position to the right: each position reads the label before it, the first one a
 * start token; mBART's is the row's last id. −100 is read as padding.
 *
 * @param labels `[batch, ids]`.
 * @param ids Ids of a row.
 * @param config The model's config.
 * @returns `[batch, ids]`.
 * @throws {TypeError} If the config has no start token, or a row has no id to take for one.
 */
export function decoderIdsOf(labels: Int32Array, ids: number, config: ModelConfig): number[][] {
  const takesLast = familyOf(config).decoder?.start === "last";
  return Array.from({ length: labels.length / ids }, (_, b) => {
    const row = Array.from(
      labels.subarray(b * ids, (b + 1) * ids),
      (label) => label === IGNORED ? config.pad_token_id : label,
    );
    const start = takesLast
      ? row.findLast((id) => id !== config.pad_token_id)
      : config.decoder_start_token_id ?? undefined;
    if (start !== undefined) return [start, ...row.slice(0, -1)];
    throw new TypeError(
      "Cannot make decoder_input_ids of labels: " +
        (takesLast
          ? `row ${b} is all padding, wanted an id to start from`
          : "the config has no decoder_start_token_id"),
    );
  });
}
