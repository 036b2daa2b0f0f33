import { isJsonObject } from "../base/json.ts";
import type { LanguageClass } from "./languages.ts";
import type { SpecialTokenRole } from "./special_tokens.ts";
import { pegasusSettings, unusedTokens } from "./vocabulary_files/pegasus_tokens.ts";
import type { LayoutName } from "./vocabulary_files/sentence_piece_layout.ts";

/** The vocabulary of a SentencePiece model. */
export interface SentencePieceVocabulary {
  /** The name of the model's file. */
  readonly file: "spiece.model" | "sentencepiece.bpe.model";
  /** What the class makes of it. */
  readonly layout: LayoutName;
}

/** Defaults of a tokenizer class of transformers, for settings that the files lack. */
export interface TokenizerClass {
  /** The special tokens by role. */
  readonly specialTokens: Readonly<Partial<Record<SpecialTokenRole, string>>>;
  /**
   * Flags that the class gives its mask token if a file names it at most by its text; `normalized`
   * absent: it is searched for in the original text.
   */
  readonly mask?: { readonly lstrip: true; readonly normalized?: true };
  /** The same for the tokens of all other roles. */
  readonly roles?: { readonly normalized: true };
  /** Other such flags, if the tokenizer is made from the files of its vocabulary. */
  readonly converted?: Pick<TokenizerClass, "mask" | "roles">;
  /** Gives the special tokens without a role, from those that the files name. */
  readonly additional?: (named: string[], tokenizerConfig: Json) => string[];
  /** Whether the class adds no tokens but those of the roles and the additional ones. */
  readonly ignoresAddedTokens?: true;
  /** The languages, whose tokens stand beside texts. */
  readonly languages?: LanguageClass;
  /** Whether a call returns `token_type_ids` by default. */
  readonly tokenTypes: boolean;
  /** The settings of tokenizer_config.json, or their defaults, that override tokenizer.json. */
  readonly overrides?: "BertNormalizer" | "ByteLevel";
  /** The files that the tokenizer is made from if there is no tokenizer.json. */
  readonly vocabulary?: "byteLevel" | "wordPiece" | SentencePieceVocabulary;
}

type Json = Readonly<Record<string, unknown>>;

const bert: TokenizerClass = {
  specialTokens: {
    unk_token: "[UNK]",
    sep_token: "[SEP]",
    pad_token: "[PAD]",
    cls_token: "[CLS]",
    mask_token: "[MASK]",
  },
  tokenTypes: true,
  overrides: "BertNormalizer",
  vocabulary: "wordPiece",
};

const sentencePiece: TokenizerClass = {
  specialTokens: {
    bos_token: "<s>",
    eos_token: "</s>",
    unk_token: "<unk>",
    sep_token: "</s>",
    pad_token: "<pad>",
    cls_token: "<s>",
    mask_token: "<mask>",
  },
  mask: { lstrip: true },
  tokenTypes: false,
};

const roberta: TokenizerClass = {
  ...sentencePiece,
  overrides: "ByteLevel",
  vocabulary: "byteLevel",
  converted: { roles: { normalized: true } },
};

const bart: TokenizerClass = { ...roberta, mask: { lstrip: true, normalized: true } };

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
  ["bert", bert],
  ["distilbert", { ...bert, tokenTypes: false }],
  ["electra", bert],
  ["roberta", roberta],
  ["longformer", roberta],
  ["bart", bart],
  ["led", bart],
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
    languages: { codes: MBART_LANGUAGES, place: "after" },
    vocabulary: { file: "sentencepiece.bpe.model", layout: "mbart" },
  }],
  ["mbart50", {
    ...sentencePiece,
    specialTokens: { ...sentencePiece.specialTokens, bos_token: undefined },
    additional: (named) => [...new Set([...named, ...MBART50_LANGUAGES])],
    languages: { codes: MBART50_LANGUAGES, place: "before" },
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
  const own = (file: Json, key: string) => Object.hasOwn(file, key) ? file[key] : undefined;
  return [
    own(tokenizerConfig, "tokenizer_class"),
    own(modelConfig, "tokenizer_class"),
    own(modelConfig, "model_type"),
  ]
    .filter((name) => typeof name === "string")
    .map((name) => classes.get(keyOf(name)))
    .find((known) => known !== undefined);
}

/** Gives `xlmroberta` for `XLMRobertaTokenizerFast` and for `xlm-roberta`. */
function keyOf(name: string): string {
  return name.replace(/Tokenizer(Fast)?$/, "").replaceAll("-", "").toLowerCase();
}

/**
 * Names the files that a tokenizer is made from if there is no tokenizer.json.
 *
 * @param vocabulary Their kind.
 * @returns The files; empty if there are none.
 */
export function vocabularyFiles(vocabulary: TokenizerClass["vocabulary"]): readonly string[] {
  if (vocabulary === "byteLevel") return ["vocab.json", "merges.txt"];
  if (vocabulary === "wordPiece") return ["vocab.txt"];
  return vocabulary === undefined ? [] : [vocabulary.file];
}

/**
 * Overrides settings of tokenizer.json by those of tokenizer_config.json, as the class does.
 *
 * @param tokenizerJson The content of tokenizer.json.
 * @param tokenizerConfig The content of tokenizer_config.json.
 * @param overrides The settings to override.
 * @returns The content of tokenizer.json with these settings.
 */
export function overrideSettings(
  tokenizerJson: Json,
  tokenizerConfig: Json,
  overrides: TokenizerClass["overrides"],
): Json {
  const setting = (key: string, absent: unknown) =>
    Object.hasOwn(tokenizerConfig, key) ? tokenizerConfig[key] : absent;
  const { normalizer, pre_tokenizer, post_processor } = tokenizerJson;
  const isOf = (part: unknown, types: readonly string[]): part is Json =>
    isJsonObject(part) && types.includes(part.type as string);

  if (overrides === "BertNormalizer" && isOf(normalizer, ["BertNormalizer"])) {
    const settings = {
      lowercase: setting("do_lower_case", true),
      strip_accents: setting("strip_accents", null),
      handle_chinese_chars: setting("tokenize_chinese_chars", true),
    };
    return { ...tokenizerJson, normalizer: { ...normalizer, ...settings } };
  }
  if (overrides === "ByteLevel" && isOf(pre_tokenizer, ["ByteLevel"])) {
    const add_prefix_space = setting("add_prefix_space", false);
    const trimming = { add_prefix_space, trim_offsets: setting("trim_offsets", true) };
    return {
      ...tokenizerJson,
      pre_tokenizer: { ...pre_tokenizer, add_prefix_space },
      ...(isOf(post_processor, ["RobertaProcessing", "ByteLevel"]) && {
        post_processor: { ...post_processor, ...trimming },
      }),
    };
  }
  return tokenizerJson;
}
