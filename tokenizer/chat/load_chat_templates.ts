/**
 * The code of chat templates, which is loaded when there is one.
 *
 * @module
 */

type Applying = typeof import("./apply_chat_template.ts");

let loaded: Applying | undefined;
let failure: unknown;

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
  await tryToLoad();
  if (failure !== undefined) throw notLoaded();
}

/**
 * Loads the code of chat templates. Without `@huggingface/jinja` all else of a tokenizer works.
 *
 * @returns Resolves when it is loaded, or known to be missing.
 */
export async function tryToLoad(): Promise<void> {
  try {
    loaded ??= await import("./apply_chat_template.ts");
    failure = undefined;
  } catch (error) {
    failure = error;
  }
}

/**
 * Gives the code of chat templates.
 *
 * @returns The code.
 * @throws {Error} If it is not loaded.
 */
export function chatTemplates(): Applying {
  if (loaded) return loaded;
  throw notLoaded();
}

function notLoaded(): Error {
  return new Error(
    failure === undefined
      ? "Cannot apply a chat template to a tokenizer that came without: await " +
        "loadChatTemplates() before"
      : "Cannot apply a chat template: the package @huggingface/jinja cannot be imported",
    { cause: failure },
  );
}
