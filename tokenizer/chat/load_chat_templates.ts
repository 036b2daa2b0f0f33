/**
 * The code of chat templates, which is loaded when there is one.
 *
 * @module
 */

import type { CheckpointSource } from "../../checkpoint/source.ts";
import type { ChatTemplates } from "./chat_template_options.ts";

type Json = Readonly<Record<string, unknown>>;

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

/** Without `@huggingface/jinja` all else of a tokenizer works. */
async function tryToLoad(): Promise<void> {
  try {
    loaded ??= await import("./apply_chat_template.ts");
    failure = undefined;
  } catch (error) {
    failure = error;
  }
}

/**
 * Reads the chat templates of a checkpoint, and loads their code if there are any. Models that do not
 * continue texts are not asked for files of templates.
 *
 * @param source The checkpoint.
 * @param tokenizerConfig The content of tokenizer_config.json.
 * @param modelConfig The content of config.json.
 * @returns The only template, or all by name; undefined if there are none.
 * @throws {TypeError} If a template is not a text.
 */
export async function importTemplates(
  source: CheckpointSource,
  tokenizerConfig: Json | undefined,
  modelConfig: Json | undefined,
): Promise<ChatTemplates | undefined> {
  const classes = `${modelConfig?.architectures ?? "CausalLM"}`;
  if (!tokenizerConfig?.chat_template && !/CausalLM/.test(classes)) return undefined;
  const { readTemplates } = await import("./read_chat_templates.ts");
  const templates = await readTemplates(source, tokenizerConfig);
  if (templates !== undefined) await tryToLoad();
  return templates;
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

const notLoaded = () =>
  new Error(
    `Cannot apply a chat template: ${
      failure ? "cannot import @huggingface/jinja" : "await loadChatTemplates() before"
    }`,
    { cause: failure },
  );
