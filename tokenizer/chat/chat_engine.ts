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
 * Loads the code of chat templates. Without `@huggingface/jinja` all else of a tokenizer works.
 *
 * @returns Resolves when it is loaded, or known to be missing.
 */
export async function importChatEngine(): Promise<void> {
  try {
    loaded ??= await import("./apply_chat_template.ts");
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
  if (templates !== undefined) await importChatEngine();
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

function notLoaded(): Error {
  const reason = failure ? "cannot import @huggingface/jinja" : "await loadChatTemplates() before";
  return new Error(`Cannot apply a chat template: ${reason}`, { cause: failure });
}
