/**
 * Conversations, and options of applying a chat template.
 *
 * @module
 */
import type { TokenizerOptions } from "../options.ts";

/** A part of a message, such as `{ type: "text", text: "…" }`. */
export interface ChatMessagePart {
  /** What it is. */
  readonly type: string;
  /** Its content. */
  readonly [field: string]: unknown;
}

/**
 * A message of a conversation; a template may read more of it than role and content. What is null is
 * absent, as in transformers 5.
 */
export interface ChatMessage {
  /** Who says it: `system`, `user`, `assistant`, `tool`, as the template knows them. */
  readonly role: string;
  /** What is said; some templates take it in parts. */
  readonly content?: string | readonly ChatMessagePart[] | null;
  /** More, such as `tool_calls`. */
  readonly [field: string]: unknown;
}

/** Chat templates by name, or the only one. */
export type ChatTemplates = string | Readonly<Record<string, string>>;

/**
 * Options of {@linkcode ChatTokenizer.apply_chat_template}, with the names of transformers.js. All
 * others, such as `enable_thinking`, are variables of the template.
 */
export interface ChatTemplateOptions {
  /** A template, or the name of one of the checkpoint's; absent: `tool_use` or `default`. */
  readonly chat_template?: string | null;
  /** Whether the text ends with what begins an answer; false if absent. */
  readonly add_generation_prompt?: boolean | null;
  /** Whether the text ends with the last message, which the model goes on with. */
  readonly continue_final_message?: boolean | null;
  /** Descriptions of tools, as JSON schemas. */
  readonly tools?: readonly object[] | null;
  /** Documents that the model may quote. */
  readonly documents?: readonly object[] | null;
  /** Whether the result is ids; false: the text. True if absent. */
  readonly tokenize?: boolean | null;
  /** Whether ids come with a mask, as a tokenizer returns them; true if absent. */
  readonly return_dict?: boolean | null;
  /** Whether ids are a tensor; true if absent. */
  readonly return_tensor?: boolean | null;
  /** As for a tokenizer. */
  readonly padding?: TokenizerOptions["padding"] | null;
  /** As for a tokenizer; false if absent, also with `max_length`. */
  readonly truncation?: TokenizerOptions["truncation"];
  /** The length to truncate or pad to, with `truncation` or `padding`. */
  readonly max_length?: TokenizerOptions["max_length"];
  /** More options of the tokenizer. */
  readonly tokenizer_kwargs?: TokenizerOptions | null;
  /** Variables of the template. */
  readonly [variable: string]: unknown;
}
