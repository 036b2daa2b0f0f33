import { isJsonObject } from "../base/json.ts";
import { ownValue } from "./json_part.ts";
import type { Languages } from "./languages.ts";
import type { SpecialTokenRole } from "./special_tokens.ts";
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
  readonly languages?: {
    /** The tokens of the languages, such as `en_XX`. */
    readonly codes: readonly string[];
    /** Reads the languages of a tokenizer. */
    readonly read: (...given: LanguageFiles) => Languages;
  };
  /** Whether a call returns `token_type_ids` by default. */
  readonly tokenTypes: boolean;
  /** The settings of tokenizer_config.json, or their defaults, that override tokenizer.json. */
  readonly overrides?: "BertNormalizer" | "ByteLevel";
  /** The files that the tokenizer is made from if there is no tokenizer.json. */
  readonly vocabulary?: "byteLevel" | "wordPiece" | SentencePieceVocabulary;
}

type Json = Readonly<Record<string, unknown>>;

/** What the languages of a tokenizer are read from. */
type LanguageFiles = [
  additional: readonly string[],
  endToken: string | undefined,
  tokenToId: (token: string) => number | undefined,
  config: Json,
];

/** BERT's class. */
export const bert: TokenizerClass = {
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

/** What classes with a SentencePiece model have in common. */
export const sentencePiece: TokenizerClass = {
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

/** RoBERTa's class. */
export const roberta: TokenizerClass = {
  ...sentencePiece,
  overrides: "ByteLevel",
  vocabulary: "byteLevel",
  converted: { roles: { normalized: true } },
};

const bart: TokenizerClass = { ...roberta, mask: { lstrip: true, normalized: true } };

/** The most common classes by model type without hyphens, which is also the beginning of the name. */
export const COMMON: ReadonlyMap<string, TokenizerClass> = new Map([
  ["bert", bert],
  ["distilbert", { ...bert, tokenTypes: false }],
  ["electra", bert],
  ["roberta", roberta],
  ["longformer", roberta],
  ["bart", bart],
  ["led", bart],
]);

/**
 * Lists the names that files give the class of a tokenizer.
 *
 * @param tokenizerConfig The content of tokenizer_config.json; its `tokenizer_class` has
 * precedence.
 * @param modelConfig The content of config.json; then its `tokenizer_class` and `model_type`.
 * @returns What the files name, without hyphens and endings.
 */
export function classNames(tokenizerConfig: Json, modelConfig: Json): string[] {
  return [
    ownValue(tokenizerConfig, "tokenizer_class"),
    ownValue(modelConfig, "tokenizer_class"),
    ownValue(modelConfig, "model_type"),
  ].filter((name) => typeof name === "string").map(keyOf);
}

/** Gives `xlmroberta` for `XLMRobertaTokenizerFast` and for `xlm-roberta`. */
function keyOf(name: string): string {
  return name.replace(/Tokenizer(Fast)?$/, "").replaceAll("-", "").toLowerCase();
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
