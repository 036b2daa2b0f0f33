/**
 * Options of continuing texts and conversations.
 *
 * @module
 */
import {
  assertObject,
  checkNames,
  checkOptions,
  FLAG,
  givenOptions,
  type OptionCheck,
} from "../base/check_options.ts";
import { showNames } from "../base/show_value.ts";
import type { DecoderGenerateInputs } from "../generation/decoder_lm.ts";

/** Settings of a call: those of `generate()`, and how texts and conversations are read. */
export interface TextGenerationOptions extends
  Omit<
    DecoderGenerateInputs,
    | "input_ids"
    | "attention_mask"
    | "past_key_values"
    | "return_dict_in_generate"
    | "output_scores"
  > {
  /**
   * Whether results begin with the text that was given; true if absent. Conversations always come
   * back whole, as in transformers.js.
   */
  readonly return_full_text?: boolean | null;
  /** Whether texts get the tokenizer's special tokens; if absent, as its `add_bos_token` says. */
  readonly add_special_tokens?: boolean | null;
  /** Whether texts that are longer than the model was trained on are cut; false if absent. */
  readonly truncation?: boolean | null;
  /** Whether spaces before punctuation are removed; if absent, as the tokenizer does. */
  readonly clean_up_tokenization_spaces?: boolean | null;
  /** The template of conversations, or its name; if absent, the tokenizer's. */
  readonly chat_template?: string | null;
  /** Tools that the template describes. */
  readonly tools?: readonly object[] | null;
  /** Documents that the template cites. */
  readonly documents?: readonly object[] | null;
  /**
   * For texts more options of the tokenizer: `text_pair`, `src_lang`, `add_special_tokens`,
   * `truncation`, `max_length`. For conversations more of `apply_chat_template`: variables such as
   * `enable_thinking`, and `continue_final_message`.
   */
  readonly tokenizer_encode_kwargs?: Readonly<Record<string, unknown>> | null;
}

/** Options of the pipeline itself, checked. */
export type ContinuationOptions = Pick<
  TextGenerationOptions,
  | "return_full_text"
  | "add_special_tokens"
  | "truncation"
  | "clean_up_tokenization_spaces"
  | "tokenizer_encode_kwargs"
>;

const OWN_CHECKS: { readonly [Name in keyof Required<ContinuationOptions>]: OptionCheck } = {
  return_full_text: FLAG,
  add_special_tokens: FLAG,
  truncation: FLAG,
  clean_up_tokenization_spaces: FLAG,
  tokenizer_encode_kwargs: { type: "object", wanted: "options of the tokenizer" },
};

/** What the pipeline makes itself, or what its results have no place for. */
const NOT_TAKEN: readonly string[] = [
  "input_ids",
  "attention_mask",
  "past_key_values",
  "return_dict_in_generate",
  "output_scores",
];

/** Options of the tokenizer that change the ids of a text. */
const TEXT_KWARGS = ["text_pair", "src_lang", "add_special_tokens", "truncation", "max_length"];

/** Options of `apply_chat_template` that concern ids, while the pipeline takes the text. */
const NOT_OF_CHATS: readonly string[] = [
  "tokenize",
  "return_dict",
  "return_tensor",
  "padding",
  "truncation",
  "max_length",
  "tokenizer_kwargs",
];

const ACTION = "Cannot continue texts";

/** How conversations are written. */
export type ChatOptions = Pick<TextGenerationOptions, "chat_template" | "tools" | "documents">;

/**
 * Separates the pipeline's own options from the settings of `generate()`, which checks those.
 *
 * @param options The options of a call.
 * @param isChat Whether conversations are given, not texts.
 * @returns The pipeline's options, those of conversations, the settings.
 * @throws {TypeError} If an option is of the wrong type, or would have no effect on what is given.
 */
export function splitOptions(options: TextGenerationOptions, isChat: boolean): {
  own: ContinuationOptions;
  chat: ChatOptions;
  settings: DecoderGenerateInputs;
} {
  assertObject(ACTION, options);
  const wrong = Object.keys(givenOptions(options)).filter((name) => NOT_TAKEN.includes(name));
  if (wrong.length > 0) {
    throw new TypeError(
      `${ACTION} with ${showNames(wrong)}: wanted settings such as max_new_tokens; generate() of ` +
        "the model takes ids, and returns more than texts",
    );
  }
  const {
    return_full_text,
    add_special_tokens,
    truncation,
    clean_up_tokenization_spaces,
    tokenizer_encode_kwargs,
    chat_template,
    tools,
    documents,
    ...settings
  } = options;
  const own = checkOptions<ContinuationOptions>(ACTION, {
    return_full_text,
    add_special_tokens,
    truncation,
    clean_up_tokenization_spaces,
    tokenizer_encode_kwargs,
  }, OWN_CHECKS);
  const chat = { chat_template, tools, documents };
  if (isChat) checkChatOptions(own);
  else checkTextOptions(own, chat);
  return { own, chat, settings };
}

function checkTextOptions(
  { tokenizer_encode_kwargs }: ContinuationOptions,
  chat: ChatOptions,
): void {
  const wrong = Object.keys(givenOptions(chat));
  if (wrong.length > 0) {
    throw new TypeError(
      `${ACTION} with ${showNames(wrong)}: wanted a conversation, or none of these options`,
    );
  }
  checkNames(`${ACTION} by tokenizer_encode_kwargs`, tokenizer_encode_kwargs ?? {}, TEXT_KWARGS);
}

function checkChatOptions(
  { add_special_tokens, tokenizer_encode_kwargs }: ContinuationOptions,
): void {
  if (add_special_tokens) {
    throw new TypeError(
      "Cannot continue conversations with add_special_tokens: wanted a text; a template writes " +
        "special tokens itself",
    );
  }
  const given = Object.keys(givenOptions(tokenizer_encode_kwargs ?? {}));
  const wrong = given.filter((name) => NOT_OF_CHATS.includes(name));
  if (wrong.length > 0) {
    throw new TypeError(
      `Cannot continue conversations by tokenizer_encode_kwargs with ${showNames(wrong)}: wanted ` +
        "variables of the template, or continue_final_message",
    );
  }
}
