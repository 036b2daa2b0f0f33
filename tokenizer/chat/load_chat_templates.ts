/**
 * Loading the code of chat templates.
 *
 * @module
 */
import { chatTemplates, importChatEngine } from "./chat_engine.ts";

/**
 * Loads the code of chat templates, and `@huggingface/jinja` with it. `AutoTokenizer` does so where a
 * checkpoint has a template; before applying another to a tokenizer without, await this.
 *
 * @returns Resolves when `apply_chat_template` can be called.
 * @throws {Error} If `@huggingface/jinja` is not there.
 *
 * @example
 * ```ts
 * import { loadChatTemplates, tokenizerFromFiles } from "@lsg/core/tokenizer";
 * import { assertEquals } from "@std/assert";
 *
 * const tokenizer = tokenizerFromFiles({
 *   tokenizerJson: { model: { type: "BPE", vocab: { a: 0, b: 1 }, merges: [] } },
 * });
 * await loadChatTemplates();
 * const chat_template = "{% for message in messages %}{{ message.content }};{% endfor %}";
 * const messages = [{ role: "user", content: "a" }, { role: "assistant", content: "b" }];
 * const text = tokenizer.apply_chat_template(messages, { chat_template, tokenize: false });
 * assertEquals(text, "a;b;");
 * ```
 */
export async function loadChatTemplates(): Promise<void> {
  await importChatEngine();
  chatTemplates();
}
