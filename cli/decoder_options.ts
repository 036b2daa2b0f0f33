/**
 * Options of commands whose model continues texts.
 *
 * @module
 */
import type { PreTrainedTokenizer } from "../tokenizer/mod.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import type { PreTrainedOptions } from "../models/mod.ts";
import type { OptionValues } from "./arguments.ts";
import { CHECKPOINT_OPTIONS } from "./checkpoint_options.ts";
import type { ModelIo } from "./model_io.ts";
import { loadOptions, MODEL_OPTIONS } from "./model_options.ts";
import { SELF_EXTEND_OPTION, selfExtendOption } from "./self_extend_option.ts";

const { device, dtype, threads, seed } = MODEL_OPTIONS;

/** Options of loading a decoder. */
export const DECODER_OPTIONS = {
  device,
  dtype,
  threads,
  seed,
  self_extend: SELF_EXTEND_OPTION,
  ...CHECKPOINT_OPTIONS,
} as const;

/** Options of conversations. */
export const CHAT_OPTIONS = {
  system: {
    type: "string",
    placeholder: "TEXT",
    mayBeEmpty: true,
    description: "What the model is told before the conversation.",
  },
  chat_template: {
    type: "string",
    placeholder: "FILE",
    description: "A chat template in Jinja, instead of the model's own.",
  },
} as const;

/**
 * Converts option values to options of `from_pretrained`.
 *
 * @param source The model's files.
 * @param values Option values.
 * @returns The options.
 * @throws {UsageError} If a value is out of range.
 */
export async function decoderOptions(
  source: CheckpointSource,
  values: OptionValues<typeof DECODER_OPTIONS>,
): Promise<PreTrainedOptions> {
  const self_extend = selfExtendOption(values.self_extend);
  const options = await loadOptions(source, values);
  return { ...options, ...(self_extend !== undefined && { self_extend }) };
}

/**
 * Reads the chat template of a conversation.
 *
 * @param io Files.
 * @param file Value of `--chat-template`.
 * @param tokenizer The model's tokenizer.
 * @returns The template; undefined: the tokenizer's own.
 * @throws {TypeError} If there is none.
 */
export async function readChatTemplate(
  io: ModelIo,
  file: string | undefined,
  tokenizer: PreTrainedTokenizer,
): Promise<string | undefined> {
  if (file !== undefined) return await io.readFile(file);
  if (tokenizer.chat_template !== null) return undefined;
  throw new TypeError(
    "Cannot hold a conversation with this model: it has no chat template; wanted a model for " +
      "chats, or --chat-template",
  );
}
