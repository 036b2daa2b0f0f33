/**
 * Names of the files of checkpoints.
 *
 * @module
 */

/** Names of a checkpoint's files, which must not stay beside those of a new one. */
export const CHECKPOINT_FILES: readonly RegExp[] = [
  /^(config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab|generation_config)\.json$/,
  /^(vocab\.txt|merges\.txt|sentencepiece\.bpe\.model|spiece\.model|chat_template\.jinja)$/,
  /^(pytorch_)?model.*\.(safetensors|bin|index\.json)$/,
  /^adapter_(config|model)\.(json|safetensors|bin)$/,
  /^(tf_model\.h5|flax_model\.msgpack|rust_model\.ot|modeling_\w+\.py)$/,
  /^(modules|sentence_[\w-]+_config|config_sentence_transformers)\.json$/,
];

/**
 * Returns whether a name is that of a checkpoint's file.
 *
 * @param name Name of a file.
 * @returns False for files that checkpoints and others have, such as README.md.
 */
export function isCheckpointFile(name: string): boolean {
  return CHECKPOINT_FILES.some((pattern) => pattern.test(name));
}
