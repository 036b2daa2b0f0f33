/**
 * The part of a tokenizer that knows conversations.
 *
 * @module
 */
import type { Tensor } from "../tensor/tensor.ts";
import type { BatchEncoding } from "./batch_encoding.ts";
import type {
  ChatMessage,
  ChatTemplateOptions,
  ChatTemplates,
} from "./chat/chat_template_options.ts";
import { chatTemplates } from "./chat/chat_engine.ts";
import type { TokenizerOptions } from "./options.ts";
import { TokenizerTokens } from "./tokenizer_tokens.ts";
import type { TokenizerParts } from "./tokenizer_parts.ts";

/**
 * A tokenizer that writes conversations as its model was trained on them.
 *
 * @example
 * ```ts
 * import { AutoTokenizer, type ChatTokenizer } from "@lsg/core/tokenizer";
 * import { assert } from "@std/assert";
 *
 * // The text after which a model answers.
 * function prompt(tokenizer: ChatTokenizer, question: string): string {
 *   return tokenizer.apply_chat_template([{ role: "user", content: question }], {
 *     tokenize: false,
 *     add_generation_prompt: true,
 *   });
 * }
 * const tokenizer = await AutoTokenizer.from_pretrained("HuggingFaceTB/SmolLM2-135M-Instruct");
 * const text = prompt(tokenizer, "Who wrote it?");
 * assert(text.endsWith("<|im_start|>user\nWho wrote it?<|im_end|>\n<|im_start|>assistant\n"));
 * ```
 */
export abstract class ChatTokenizer extends TokenizerTokens {
  /** The chat template, or several by name, from the checkpoint; null if it has none. */
  chat_template: ChatTemplates | null;
  /** Whether tokenizer_config.json says that texts begin with `bos_token`. */
  readonly add_bos_token: boolean;
  /** Whether it says that texts end with `eos_token`. */
  readonly add_eos_token: boolean;

  /**
   * Keeps the templates.
   *
   * @param parts The tokenizer's parts.
   * @throws {RangeError} If a special token is not in the vocabulary.
   */
  constructor(parts: TokenizerParts) {
    super(parts);
    this.chat_template = parts.chatTemplates ?? null;
    this.add_bos_token = parts.config.add_bos_token === true;
    this.add_eos_token = parts.config.add_eos_token === true;
  }

  /** The call `tokenizer(text, options)`. */
  abstract override _call(text: string | string[], options?: TokenizerOptions): unknown;

  /** Writes a conversation as a text. */
  apply_chat_template(
    conversation: readonly ChatMessage[],
    options: ChatTemplateOptions & { readonly tokenize: false },
  ): string;
  /** Writes a conversation as ids, `[tokens]`. */
  apply_chat_template(
    conversation: readonly ChatMessage[],
    options: ChatTemplateOptions & { readonly return_tensor: false; readonly return_dict: false },
  ): number[];
  /** Writes a conversation as a tensor of ids, `[1, tokens]`. */
  apply_chat_template(
    conversation: readonly ChatMessage[],
    options: ChatTemplateOptions & { readonly return_dict: false },
  ): Tensor<"int64">;
  /** Writes a conversation as ids and their mask, `[tokens]`. */
  apply_chat_template(
    conversation: readonly ChatMessage[],
    options: ChatTemplateOptions & { readonly return_tensor: false },
  ): BatchEncoding<number[], [number, number][], (number | null)[]>;
  /** Writes a conversation as inputs of a model, tensors `[1, tokens]`. */
  apply_chat_template(
    conversation: readonly ChatMessage[],
    options?: ChatTemplateOptions,
  ): BatchEncoding;
  /**
   * Writes a conversation by the chat template of the checkpoint, as transformers.js does. The
   * template's text has the special tokens; none are added to its ids.
   *
   * Templates come from outside: one that does far more work than the conversation needs ends with
   * an error, and none reaches anything but what it is given.
   *
   * @param conversation The messages.
   * @param options What is wanted, and variables of the template.
   * @returns Inputs of a model; on request ids or the text.
   * @throws {TypeError} If a message or an option is of the wrong type, or there is no template.
   * @throws {RangeError} If the template refuses the conversation, or does too much work.
   * @throws {SyntaxError} If the template is malformed.
   * @throws {Error} If the code of templates is not loaded; see `loadChatTemplates`.
   */
  apply_chat_template(
    conversation: readonly ChatMessage[],
    options: ChatTemplateOptions = {},
  ):
    | string
    | number[]
    | Tensor<"int64">
    | BatchEncoding
    | BatchEncoding<number[], unknown, unknown> {
    return chatTemplates().applyToTokenizer(this, conversation, options);
  }
}
