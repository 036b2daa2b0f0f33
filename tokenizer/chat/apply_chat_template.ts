/**
 * Conversations to texts, by the templates of a tokenizer.
 *
 * @module
 */
import { assertObject } from "../../base/check_options.ts";
import { showNames, showValue } from "../../base/show_value.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { BatchEncoding } from "../batch_encoding.ts";
import type { TokenizerOptions } from "../options.ts";
import { type SpecialTokenRole, specialTokenRoles } from "../special_tokens.ts";
import type { ChatMessage, ChatTemplateOptions, ChatTemplates } from "./chat_template_options.ts";
import { TEXT_METHODS } from "./python_texts.ts";
import { renderChat } from "./render_chat.ts";

const ACTION = "Cannot apply a chat template";

/** Stands behind the last message, to be found in the text. */
const MARK = "CONTINUE_FINAL_MESSAGE_TAG ";

const FLAGS = [
  "add_generation_prompt",
  "continue_final_message",
  "tokenize",
  "return_dict",
  "return_tensor",
] as const;

/** What is asked of a tokenizer. */
type TemplateTokenizer = { readonly [role in SpecialTokenRole]: string | undefined } & {
  readonly chat_template: ChatTemplates | null;
  _call(text: string, options: TokenizerOptions): unknown;
};

/** What `apply_chat_template` returns. */
type Written = string | number[] | Tensor<"int64"> | BatchEncoding | RowEncoding;

type RowEncoding = BatchEncoding<number[], [number, number][], (number | null)[]>;

/**
 * Writes a conversation as its ids.
 *
 * @param tokenizer The tokenizer, its templates and special tokens.
 * @param conversation The messages.
 * @param options Options of the call, with variables of the template.
 * @returns Inputs of a model; on request ids or the text.
 * @throws As {@linkcode applyChatTemplate} does, and the tokenizer.
 */
export function applyToTokenizer(
  tokenizer: TemplateTokenizer,
  conversation: readonly ChatMessage[],
  options: ChatTemplateOptions,
): Written {
  const roles = specialTokenRoles.flatMap((role) => {
    const token = tokenizer[role];
    return token === undefined ? [] : [[role, token]];
  });
  const templates = tokenizer.chat_template ?? undefined;
  const tokens = Object.fromEntries(roles);
  const text = applyChatTemplate(conversation, templates, tokens, options);
  if (options.tokenize === false) return text;
  const encoding = tokenizer._call(text, {
    add_special_tokens: false,
    padding: options.padding ?? false,
    // A length alone cuts a text of the tokenizer, but no conversation, in Python either.
    truncation: options.truncation ?? false,
    max_length: options.max_length,
    return_tensor: options.return_tensor ?? true,
    ...options.tokenizer_kwargs,
  }) as BatchEncoding | RowEncoding;
  return options.return_dict === false ? encoding.input_ids : encoding;
}

/**
 * Writes a conversation as a text.
 *
 * @param conversation The messages.
 * @param templates The tokenizer's templates.
 * @param specialTokens The special tokens by role.
 * @param options Options of the call, with variables of the template.
 * @param now The time.
 * @returns The text.
 * @throws {TypeError} If a message or an option is of the wrong type, or there is no template.
 * @throws {RangeError} If there are no messages, or the template refuses them.
 * @throws {SyntaxError} If the template is malformed.
 */
export function applyChatTemplate(
  conversation: readonly ChatMessage[],
  templates: ChatTemplates | undefined,
  specialTokens: Readonly<Record<string, string>>,
  options: ChatTemplateOptions,
  now?: () => Date,
): string {
  checkMessages(conversation);
  checkFlags(options);
  const {
    chat_template,
    continue_final_message: continues,
    tools,
    documents,
    tokenize: _tokenize,
    return_dict: _returnDict,
    return_tensor: _returnTensor,
    padding: _padding,
    truncation: _truncation,
    max_length: _maxLength,
    tokenizer_kwargs: _tokenizerOptions,
    ...variables
  } = options;
  for (const [name, list] of Object.entries({ tools, documents })) {
    if ((list ?? null) === null || Array.isArray(list) && list.every(isObject)) continue;
    throw new TypeError(`${ACTION} with ${name} ${showValue(list)}: wanted a list of objects`);
  }
  const template = chooseTemplate(templates, chat_template ?? undefined, (tools ?? null) !== null);
  if (continues && variables.add_generation_prompt) {
    throw new RangeError(
      `${ACTION} with continue_final_message and add_generation_prompt: wanted one of them`,
    );
  }
  const given = {
    ...specialTokens,
    ...variables,
    tools: tools ?? null,
    documents: documents ?? null,
    add_generation_prompt: variables.add_generation_prompt ?? false,
    messages: (continues ? markLast(conversation) : conversation).map(withoutNulls),
  };
  const text = renderChat(template, given, now);
  return continues ? upToMark(text) : text;
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function checkMessages(conversation: readonly ChatMessage[]): void {
  if (!Array.isArray(conversation)) {
    throw new TypeError(`${ACTION} to ${showValue(conversation)}: wanted a list of messages`);
  }
  if (conversation.length === 0) {
    throw new RangeError(`${ACTION} to a conversation without messages: wanted at least one`);
  }
  conversation.forEach((message: unknown, i) => {
    if (isObject(message) && typeof (message as ChatMessage).role === "string") return;
    throw new TypeError(
      `${ACTION} to message ${i}, ${showValue(message)}: wanted an object with role and content`,
    );
  });
}

/** Clients of OpenAI's send `content: null`, which templates would write as "None". */
function withoutNulls(message: ChatMessage): ChatMessage {
  const entries = Object.entries(message).filter(([, value]) => value !== null);
  return Object.fromEntries(entries) as unknown as ChatMessage;
}

function checkFlags(options: ChatTemplateOptions): void {
  assertObject(ACTION, options);
  for (const name of FLAGS) {
    const value = options[name] ?? undefined;
    if (value === undefined || typeof value === "boolean") continue;
    throw new TypeError(`${ACTION} with ${name} ${showValue(value)}: wanted true or false`);
  }
  const tokenizerOptions: unknown = options.tokenizer_kwargs ?? {};
  if (!isObject(tokenizerOptions)) {
    throw new TypeError(
      `${ACTION} with tokenizer_kwargs ${showValue(tokenizerOptions)}: wanted an object`,
    );
  }
}

/** The template that is given or named; else the one for tools, else the default. */
function chooseTemplate(
  templates: ChatTemplates | undefined,
  given: string | undefined,
  hasTools: boolean,
): string {
  if (given !== undefined && typeof given !== "string") {
    throw new TypeError(`${ACTION} ${showValue(given)}: wanted a text in Jinja, or a name`);
  }
  if (typeof templates !== "object") {
    const template = given ?? templates;
    if (template !== undefined) return template;
    throw new TypeError(
      `${ACTION}: the tokenizer has none; wanted the option chat_template, or a checkpoint of a ` +
        "model for chats",
    );
  }
  const find = (name: string) => Object.hasOwn(templates, name) ? templates[name] : undefined;
  if (given !== undefined) return find(given) ?? given;
  const template = (hasTools ? find("tool_use") : undefined) ?? find("default");
  if (template !== undefined) return template;
  throw new RangeError(
    `${ACTION} without its name: wanted chat_template, one of ${showNames(Object.keys(templates))}`,
  );
}

/** The messages, with a mark behind the last text. */
function markLast(conversation: readonly ChatMessage[]): ChatMessage[] {
  const last = conversation[conversation.length - 1];
  const mark = (content: ChatMessage["content"]): ChatMessage["content"] => {
    if (typeof content === "string") return content + MARK;
    const at = (content ?? []).findLastIndex((part) => typeof part?.text === "string");
    if (at < 0) {
      throw new RangeError(`${ACTION} with continue_final_message: the last message has no text`);
    }
    return content!.map((part, i) => i === at ? { ...part, text: part.text + MARK } : part);
  };
  return [...conversation.slice(0, -1), { ...last, content: mark(last.content) }];
}

function upToMark(text: string): string {
  const end = text.lastIndexOf(MARK.trim());
  if (end < 0) {
    throw new RangeError(
      `${ACTION} with continue_final_message: the template leaves the last message out`,
    );
  }
  // A template that trims the message has trimmed the mark, too.
  const before = text.slice(0, end);
  return text.startsWith(MARK, end) ? before : TEXT_METHODS.get("rstrip")!(before, undefined);
}
