/**
 * Folders of models with goldens, below `tests/golden`.
 *
 * @module
 */

/** Folders of models with goldens. */
export const MODEL_FOLDERS: readonly string[] = [
  "roberta_model",
  "roberta_masked_lm",
  "roberta_untied",
  "roberta_old_names",
  "roberta_f16",
  "lsg_none",
  "lsg_null_g7",
  "lsg_norm",
  "lsg_norm_g7_mask_first",
  "lsg_pooling_no_pool",
  "lsg_bos_pooling_mask_first",
  "lsg_bos_pooling_g7",
  "lsg_lsh",
  "lsg_stride_sharded",
  "lsg_block_stride_bf16",
  "bert",
  "bert_model_old_names",
  "bert_copies",
  "bert_lsg_none",
  "bert_lsg_norm",
  "bert_lsg_pooling",
  "bert_lsg_bos_pooling",
  "bert_lsg_lsh",
  "bert_lsg_stride",
  "bert_lsg_block_stride",
  "camembert",
  "camembert_lsg_norm",
  "camembert_lsg_bos_pooling",
  "xlm_roberta",
  "xlm_roberta_lsg_norm",
  "xlm_roberta_lsg_bos_pooling",
  "distilbert",
  "distilbert_lsg_norm",
  "distilbert_lsg_bos_pooling",
  "distilbert_old_names",
  "electra",
  "electra_lsg_norm",
  "electra_lsg_bos_pooling",
  "electra_one_width",
  "albert",
  "albert_lsg_norm",
  "albert_lsg_bos_pooling",
  "albert_old_names",
  "longformer",
  "longformer_windows",
  "modernbert",
  "modernbert_types",
  "modernbert_model",
  "eurobert",
  "eurobert_tied",
  "nomic_bert",
  "nomic_bert_model",
];

const COMMON = [
  "sequence_classification",
  "token_classification",
  "question_answering",
  "multiple_choice",
];

/** Folders of task heads with goldens, for each family with full attention and with LSG. */
export const HEAD_FOLDERS: readonly string[] = [
  ...["bert", "roberta", "camembert", "xlm_roberta", "distilbert", "electra", "albert"]
    .flatMap((family) => [family, `${family}_lsg`])
    .concat("longformer", "modernbert")
    .flatMap((family) => COMMON.map((head) => `${family}_${head}`)),
  "bert_causal_lm",
  "roberta_causal_lm",
  "electra_pre_training",
  "electra_lsg_pre_training",
  "modernbert_sequence_classification_mean",
  "eurobert_sequence_classification",
  "eurobert_sequence_classification_mean",
  "eurobert_sequence_classification_bos",
  "eurobert_token_classification",
  "nomic_bert_sequence_classification",
  "nomic_bert_token_classification",
  "modernbert_multiple_choice_mean",
];

const LSG_FAMILIES = ["bart", "mbart", "barthez", "pegasus"];

/** Folders of encoder-decoders with goldens: each family with full attention and with LSG. */
export const SEQ2SEQ_FOLDERS: readonly string[] = [
  ...LSG_FAMILIES.flatMap((family) => [
    family,
    ...["none", "norm", "pooling"].map((type) => `${family}_lsg_${type}`),
  ]),
  "bart_lsg_bos_pooling",
  "bart_lsg_lsh",
  "bart_lsg_stride",
  "bart_lsg_block_stride",
  "bart_sizes",
  "bart_lsg_sizes",
  "bart_untied",
  "bart_copies",
  "bart_model",
  "bart_lsg_model",
  "bart_lsg_cut",
  "bart_lsg_cut_no_pool",
  "bart_lsg_mask_first",
  "mbart_lsg_cut_mask_first",
  "pegasus_lsg_cut_g5",
  "mbart_lsg_model",
  "mbart_relu",
  "pegasus_model",
  ...["bart", "mbart"].flatMap((family) => [
    `${family}_sequence_classification`,
    `${family}_lsg_sequence_classification`,
  ]),
  "led",
  "led_windows",
  "led_model",
  "led_sequence_classification",
];

/** Folders of rotary decoders with goldens. */
export const DECODER_FOLDERS: readonly string[] = [
  "llama",
  "llama_bias",
  "llama_scaled",
  "mistral",
  "qwen2",
  "qwen3",
  "gpt_neox",
  "phi",
];

/** Those of them with goldens of Self-Extend in files of their own. */
export const SELF_EXTEND_FOLDERS: readonly string[] = [
  "llama_scaled",
  "mistral",
  "qwen2",
  "qwen3",
  "gpt_neox",
  "phi",
];

/** Those of them with goldens of rules of scores. */
export const RULE_FOLDERS: readonly string[] = ["llama", "mistral", "gpt_neox"];

/** Paths of folders with goldens of generation, and of files in them that are not generation.json. */
export const GENERATION_FOLDERS: readonly string[] = [
  ...SEQ2SEQ_FOLDERS.filter((name) =>
    // lsh draws at random; the others have no language model head.
    !/_(lsh|model|classification)$/.test(name)
  ).map((name) => `seq2seq/${name}`),
  ...DECODER_FOLDERS.map((name) => `decoders/${name}`),
  ...SELF_EXTEND_FOLDERS.map((name) => `decoders/${name}/self_extend`),
  ...RULE_FOLDERS.map((name) => `decoders/${name}/rules`),
];
