/**
 * Reads how a sentence-transformers checkpoint reads texts.
 *
 * @module
 */
import { isJsonObject } from "../base/json.ts";
import { showValue } from "../base/show_value.ts";
import { KeyReader } from "../checkpoint/key_reader.ts";
import { type CheckpointSource, readJsonObject } from "../checkpoint/source.ts";
import { namesOf, type SentenceTexts } from "./sentence_texts.ts";

/** Names of the Transformer module's settings; the others are those of old versions. */
const SETTINGS = [
  "sentence_bert_config.json",
  "sentence_roberta_config.json",
  "sentence_distilbert_config.json",
  "sentence_camembert_config.json",
  "sentence_albert_config.json",
  "sentence_xlm-roberta_config.json",
];

/**
 * Reads the settings of the Transformer module.
 *
 * @param source The module's folder.
 * @returns Its length and case.
 * @throws {RangeError | TypeError | SyntaxError} If a file is malformed, or a setting is not
 * supported.
 */
export async function readTransformer(
  source: CheckpointSource,
): Promise<Pick<SentenceTexts, "max_seq_length" | "do_lower_case">> {
  for (const file of SETTINGS) {
    const raw = await readJsonObject(source, file);
    if (raw === undefined) continue;
    const name = `${source.name}/${file}`;
    const keys = new KeyReader(name, raw, {
      do_lower_case: false,
      module_output_name: "token_embeddings",
    });
    keys.oneOf("module_output_name", ["token_embeddings"]);
    assertLastHiddenState(name, raw.modality_config);
    return {
      ...((raw.max_seq_length ?? null) !== null && {
        max_seq_length: keys.integer("max_seq_length", 1),
      }),
      do_lower_case: keys.boolean("do_lower_case"),
    };
  }
  return {};
}

/** Asserts that what is pooled is the last layer's output. */
function assertLastHiddenState(name: string, modalities: unknown): void {
  if (modalities === undefined) return;
  const text = isJsonObject(modalities) ? modalities.text : undefined;
  const output = isJsonObject(text) ? text.method_output_name : undefined;
  if (String(output) === "last_hidden_state") return;
  throw new RangeError(
    `${name} takes ${showValue(output)} of the model for texts: wanted last_hidden_state`,
  );
}

/**
 * Reads the prompts of `config_sentence_transformers.json`.
 *
 * @param source The checkpoint.
 * @returns The prompts, and the name of the one to use if none is asked for.
 * @throws {TypeError | SyntaxError} If the file is malformed.
 * @throws {RangeError} If the prompt to use is not among them.
 */
export async function readPrompts(
  source: CheckpointSource,
): Promise<Pick<SentenceTexts, "prompts" | "default_prompt_name">> {
  const file = "config_sentence_transformers.json";
  const raw = await readJsonObject(source, file) ?? {};
  const name = `${source.name}/${file}`;
  const given = raw.prompts ?? {};
  if (!isJsonObject(given)) {
    throw new TypeError(`${name} prompts must be an object, got ${showValue(given)}`);
  }
  const prompts = Object.fromEntries(
    Object.entries(given).map(([key, prompt]) => {
      if (typeof prompt === "string" || prompt === null) return [key, prompt ?? ""];
      throw new TypeError(`${name} prompt ${key} must be a string, got ${showValue(prompt)}`);
    }),
  );
  const default_prompt_name = raw.default_prompt_name ?? undefined;
  if (default_prompt_name === undefined) return { prompts };
  if (typeof default_prompt_name === "string" && Object.hasOwn(prompts, default_prompt_name)) {
    return { prompts, default_prompt_name };
  }
  throw new RangeError(
    `${name} default_prompt_name must be one of its prompts (${namesOf(prompts)}), got ` +
      showValue(default_prompt_name),
  );
}
