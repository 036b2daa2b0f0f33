/**
 * Chat templates of a checkpoint.
 *
 * @module
 */
import { isJsonObject } from "../../base/json.ts";
import { showValue } from "../../base/show_value.ts";
import { type CheckpointSource, readBytes } from "../../checkpoint/source.ts";
import type { ChatTemplates } from "./chat_template_options.ts";

type Json = Readonly<Record<string, unknown>>;

/** Where a checkpoint has more templates than one, by their names. */
const ADDITIONAL = /^additional_chat_templates\/([\w-]+)\.jinja$/;

/**
 * Reads the templates of a checkpoint: those of tokenizer_config.json, `chat_template.jinja`, and in
 * folders those of `additional_chat_templates`.
 *
 * @param source The checkpoint.
 * @param tokenizerConfig The content of tokenizer_config.json.
 * @returns The only template, or all by name; undefined if there are none.
 * @throws {TypeError} If one is not UTF-8, or tokenizer_config.json has something else.
 */
export async function readTemplates(
  source: CheckpointSource,
  tokenizerConfig: Json = {},
): Promise<ChatTemplates | undefined> {
  const files: Record<string, string> = {};
  const read = async (name: string, path: string) => {
    const bytes = await readBytes(source, path);
    if (bytes) files[name] = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  };
  await read("default", "chat_template.jinja");
  for (const path of (await source.list?.())?.keys() ?? []) {
    const [, name] = ADDITIONAL.exec(path) ?? [];
    if (name !== undefined) await read(name, path);
  }
  return readChatTemplates(tokenizerConfig, files);
}

/**
 * Puts the templates of a tokenizer together.
 *
 * @param tokenizerConfig The content of tokenizer_config.json; its `chat_template` is a template, or a
 * list of `{ name, template }`.
 * @param files Templates that come before those.
 * @returns The only template, or all by name; undefined if there are none.
 * @throws {TypeError} If tokenizer_config.json has something else.
 */
export function readChatTemplates(
  tokenizerConfig: Json,
  files: ChatTemplates = {},
): ChatTemplates | undefined {
  const given = Object.hasOwn(tokenizerConfig, "chat_template")
    ? tokenizerConfig.chat_template ?? undefined
    : undefined;
  const named = {
    ...listTemplates(given),
    ...(typeof files === "string" ? { default: files } : files),
  };
  const names = Object.keys(named);
  if (names.length === 0) return undefined;
  return names.length === 1 && names[0] === "default" ? named.default : named;
}

function listTemplates(given: unknown): Record<string, string> {
  if (given === undefined) return {};
  if (typeof given === "string") return { default: given };
  const list: unknown[] = Array.isArray(given) ? given : [given];
  return Object.fromEntries(list.map((entry): [string, string] => {
    const { name, template } = isJsonObject(entry) ? entry : {};
    if (typeof name === "string" && typeof template === "string") return [name, template];
    throw new TypeError(
      `Cannot read the tokenizer: chat_template has ${
        showValue(entry)
      }; wanted a text, or a list ` +
        "of objects with name and template",
    );
  }));
}
