/**
 * Texts and conversations that a call gives.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
import type { ChatMessage } from "../tokenizer/mod.ts";

/** The messages of a conversation, the last one to be answered. */
export type Conversation = readonly ChatMessage[];

/** What a call gives: texts or conversations. */
export type Prompts =
  & { readonly isOne: boolean }
  & (
    | { readonly texts: readonly string[]; readonly chats?: undefined }
    | { readonly chats: readonly Conversation[]; readonly texts?: undefined }
  );

/**
 * Tells texts from conversations.
 *
 * @param given A text, texts, a conversation or conversations.
 * @returns The texts or the conversations, and whether a single one was given.
 * @throws {TypeError} If it is nothing of these.
 * @throws {RangeError} If it is an empty list.
 */
export function readPrompts(given: unknown): Prompts {
  if (typeof given === "string") return { texts: [given], isOne: true };
  if (!Array.isArray(given)) throw refuse(given);
  if (given.length === 0) {
    throw new RangeError("Cannot continue an empty list: wanted at least one text or message");
  }
  if (given.every((text) => typeof text === "string")) return { texts: given, isOne: false };
  const list: readonly unknown[] = given;
  if (isConversation(list)) return { chats: [list], isOne: true };
  if (list.every(isConversation)) return { chats: list, isOne: false };
  throw refuse(given);
}

function isConversation(given: unknown): given is Conversation {
  return Array.isArray(given) && given.length > 0 &&
    given.every((message) =>
      typeof message === "object" && message !== null && "role" in message && "content" in message
    );
}

function refuse(given: unknown): TypeError {
  return new TypeError(
    `Cannot continue ${showValue(given)}: wanted a text, a list of texts, a conversation of ` +
      "messages with role and content, or a list of those",
  );
}
