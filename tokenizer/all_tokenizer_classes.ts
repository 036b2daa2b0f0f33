/**
 * All tokenizer classes, of which most tokenizers need none but the common ones.
 *
 * @module
 */
import { type LanguageClass, Languages } from "./languages.ts";
import {
  bert,
  classNames,
  COMMON,
  roberta,
  sentencePiece,
  type TokenizerClass,
} from "./tokenizer_class.ts";
import { pegasusSettings, unusedTokens } from "./vocabulary_files/pegasus_tokens.ts";

type Json = Readonly<Record<string, unknown>>;

/** The languages of mBART-25. */
const MBART_LANGUAGES =
  ("ar_AR cs_CZ de_DE en_XX es_XX et_EE fi_FI fr_XX gu_IN hi_IN it_IT ja_XX " +
    "kk_KZ ko_KR lt_LT lv_LV my_MM ne_NP nl_XX ro_RO ru_RU si_LK tr_TR vi_VN zh_CN").split(" ");

/** The languages of mBART-50. */
const MBART50_LANGUAGES = [
  ...MBART_LANGUAGES,
  ...("af_ZA az_AZ bn_IN fa_IR he_IL hr_HR id_ID ka_GE km_KH mk_MK ml_IN mn_MN mr_IN pl_PL ps_AF " +
    "pt_XX sv_SE sw_KE ta_IN te_IN th_TH tl_XX uk_UA ur_PK xh_ZA gl_ES sl_SI").split(" "),
];

/** Families whose class is a copy of BERT's. */
const BERT_COPIES =
  ("convbert dprcontextencoder dprquestionencoder layoutlm layoutlmv2 lxmert mobilebert " +
    "realm retribert squeezebert").split(" ");

/** Classes by model type without hyphens, which is also the beginning of the class name. */
const classes: ReadonlyMap<string, TokenizerClass> = new Map([
  ...COMMON,
  ["camembert", {
    ...sentencePiece,
    additional: (named) => named.length > 0 ? named : ["<s>NOTUSED", "</s>NOTUSED", "<unk>NOTUSED"],
    vocabulary: { file: "sentencepiece.bpe.model", layout: "camembert" },
  }],
  ["xlmroberta", {
    ...sentencePiece,
    vocabulary: { file: "sentencepiece.bpe.model", layout: "xlmRoberta" },
  }],
  ["barthez", {
    ...sentencePiece,
    vocabulary: { file: "sentencepiece.bpe.model", layout: "barthez" },
  }],
  ["mbart", {
    ...sentencePiece,
    additional: (named) => [...new Set([...MBART_LANGUAGES, ...named])],
    languages: languagesOf(MBART_LANGUAGES, "after"),
    vocabulary: { file: "sentencepiece.bpe.model", layout: "mbart" },
  }],
  ["mbart50", {
    ...sentencePiece,
    specialTokens: { ...sentencePiece.specialTokens, bos_token: undefined },
    additional: (named) => [...new Set([...named, ...MBART50_LANGUAGES])],
    languages: languagesOf(MBART50_LANGUAGES, "before"),
    vocabulary: { file: "sentencepiece.bpe.model", layout: "mbart" },
    converted: { mask: { lstrip: true, normalized: true } },
  }],
  ["albert", {
    specialTokens: {
      bos_token: "[CLS]",
      eos_token: "[SEP]",
      unk_token: "<unk>",
      sep_token: "[SEP]",
      pad_token: "<pad>",
      cls_token: "[CLS]",
      mask_token: "[MASK]",
    },
    mask: { lstrip: true },
    tokenTypes: true,
    vocabulary: { file: "spiece.model", layout: "albert" },
  }],
  ["pegasus", {
    specialTokens: {
      eos_token: "</s>",
      unk_token: "<unk>",
      pad_token: "<pad>",
      mask_token: "<mask_2>",
    },
    additional: pegasusTokens,
    ignoresAddedTokens: true,
    tokenTypes: false,
    vocabulary: { file: "spiece.model", layout: "pegasus" },
  }],
  ["pretrained", { specialTokens: {}, tokenTypes: true }],
  ...BERT_COPIES.map((name) => [name, bert] as const),
  ["blenderbot", roberta],
  ["herbert", {
    specialTokens: {
      unk_token: "<unk>",
      sep_token: "</s>",
      pad_token: "<pad>",
      cls_token: "<s>",
      mask_token: "<mask>",
    },
    tokenTypes: true,
  }],
  ["funnel", {
    ...bert,
    specialTokens: {
      bos_token: "<s>",
      eos_token: "</s>",
      unk_token: "<unk>",
      sep_token: "<sep>",
      pad_token: "<pad>",
      cls_token: "<cls>",
      mask_token: "<mask>",
    },
  }],
  ["mvp", { ...roberta, mask: { lstrip: true, normalized: true } }],
  ["mpnet", {
    ...bert,
    specialTokens: { ...sentencePiece.specialTokens, unk_token: "[UNK]" },
    mask: { lstrip: true, normalized: true },
    tokenTypes: false,
  }],
  ["deberta", {
    ...bert,
    specialTokens: { ...bert.specialTokens, bos_token: "[CLS]", eos_token: "[SEP]" },
    overrides: "ByteLevel",
  }],
]);

/** Languages that each have a token, which stands before or after a text. */
function languagesOf(
  codes: readonly string[],
  place: LanguageClass["place"],
): TokenizerClass["languages"] {
  return { codes, read: (...given) => new Languages({ codes, place }, ...given) };
}

/** The mask of sentences, the named tokens, and unused ones that fill up the first ids. */
function pegasusTokens(named: string[], config: Json): string[] {
  const { offset, sentenceMask } = pegasusSettings(config);
  const isNew = sentenceMask !== undefined && !named.includes(sentenceMask);
  const first = isNew ? [sentenceMask, ...named] : named;
  const unused = named.length === 0
    ? unusedTokens(2, offset)
    : unusedTokens(first.length, offset - 1);
  return [...first, ...unused];
}

/**
 * Finds the class of a tokenizer.
 *
 * @param tokenizerConfig The content of tokenizer_config.json; its `tokenizer_class` has
 * precedence.
 * @param modelConfig The content of config.json; then its `tokenizer_class` and `model_type`.
 * @returns The first known class; undefined if there is none.
 */
export function tokenizerClass(
  tokenizerConfig: Json,
  modelConfig: Json,
): TokenizerClass | undefined {
  return classNames(tokenizerConfig, modelConfig)
    .map((name) => classes.get(name))
    .find((known) => known !== undefined);
}
