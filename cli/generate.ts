/**
 * `lsg generate`: continues texts.
 *
 * @module
 */
import {
  pipeline,
  type TextGenerationOptions,
  type TextGenerationPipeline,
} from "../pipelines/mod.ts";
import { type OptionValues, UsageError } from "./arguments.ts";
import { MODEL_OPERAND, requireModel, withCheckpoint } from "./checkpoint_options.ts";
import {
  CHAT_OPTIONS,
  DECODER_OPTIONS,
  decoderOptions,
  readChatTemplate,
} from "./decoder_options.ts";
import { renameTexts } from "./documents.ts";
import { GENERATION_OPTIONS, generationSettings } from "./generation_options.ts";
import type { ModelIo } from "./model_io.ts";
import { withProgressLine } from "./progress.ts";
import { runCommand } from "./run_command.ts";
import { formatJson } from "./table.ts";
import { TASK_OPTIONS, TRUNCATION_OPTION } from "./task_command.ts";
import { checkDocuments, formatText, readDocuments, TextOutput } from "./written_text.ts";
import { TokenProgress } from "./writing_progress.ts";

const options = {
  text: TASK_OPTIONS.text,
  lines: TASK_OPTIONS.lines,
  chat: {
    type: "boolean",
    default: false,
    description: "Answer each text as a user's message, by the model's chat template; " +
      "--system and --chat-template imply it.",
  },
  ...CHAT_OPTIONS,
  full_text: {
    type: "boolean",
    default: false,
    description: "Print each text before what continues it.",
  },
  ...GENERATION_OPTIONS,
  truncation: {
    ...TRUNCATION_OPTION,
    description: "Truncate texts that are longer than the model was trained on.",
  },
  json: {
    type: "boolean",
    default: false,
    description: "Print JSON, a line for each text, as soon as it is written.",
  },
  ...DECODER_OPTIONS,
} as const;

const command = {
  name: "generate",
  summary: "Continues texts, or answers them, with a decoder such as Llama, Mistral or Qwen.",
  operands: [
    MODEL_OPERAND,
    {
      placeholder: "[FILE]…",
      description: "Text files in UTF-8, each a text to continue; standard input if absent or -.",
      repeated: true,
    },
  ],
  options,
  examples: [
    'lsg generate HuggingFaceTB/SmolLM2-135M --text "The sea was" --max-new-tokens 40',
    "lsg generate HuggingFaceTB/SmolLM2-135M-Instruct --chat question.txt --self-extend auto",
  ],
} as const;

type Values = OptionValues<typeof options>;

/** Summary for the list of commands. */
export const GENERATE_SUMMARY: string = command.summary;

/**
 * Runs `lsg generate`.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runGenerate(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(command, args, io, async ({ values, operands: [checkpoint, ...files] }) => {
    const model = requireModel(command.name, checkpoint);
    checkDocuments(values.text, files, [values.chat_template ?? []].flat());
    const isChat = values.chat || values.system !== undefined || values.chat_template !== undefined;
    if (isChat && values.full_text) {
      throw new UsageError("Cannot use --full-text with --chat: wanted one of them");
    }
    const given = generationSettings(values);
    const [documents, loaded] = await withCheckpoint(io, model, values, async (source) => {
      const options = await decoderOptions(source, values);
      const documents = await readDocuments(io, values, files);
      return [documents, await pipeline("text-generation", source, options)] as const;
    });
    try {
      const own = loaded.model.settingsOf("text-generation");
      const draws = given.do_sample ?? own.do_sample ?? false;
      const settings: TextGenerationOptions = {
        ...given,
        ...(draws && { seed: values.seed }),
        num_return_sequences: 1,
        truncation: values.truncation,
        return_full_text: values.full_text,
        clean_up_tokenization_spaces: false,
      };
      const chat_template = isChat
        ? await readChatTemplate(io, values.chat_template, loaded.tokenizer)
        : undefined;
      const beams = given.num_beams ?? own.num_beams ?? 1;
      const streams = io.stdoutIsTerminal && !values.json && documents.length === 1 && beams === 1;
      for (const [i, document] of documents.entries()) {
        const label = documents.length === 1 ? "Writing" : `Text ${i + 1} of ${documents.length}`;
        const written = await withProgressLine(io, async (show) => {
          show?.(`${label} …`);
          const output = streams
            ? new TextOutput(io, loaded.tokenizer, {
              skip_prompt: isChat || !values.full_text,
              onText: () => show?.(""),
            })
            : undefined;
          const call = {
            ...settings,
            chat_template,
            ...(output && { streamer: output.streamer }),
            ...(show && !output && {
              stopping_criteria: new TokenProgress(show, label, () => performance.now()),
            }),
          };
          const text = await run(loaded, document.text, isChat, values, call);
          await output?.finish();
          return text;
        }).catch((error) => {
          throw renameTexts(error, () => document.name);
        });
        if (values.json) await io.stdout(formatJson({ generated_text: written }));
        else if (!streams) {
          await io.stdout(formatText(written, document, values.lines, files, i));
        }
      }
    } finally {
      loaded.dispose();
    }
  });
}

/** Continues a text, or answers it. */
async function run(
  generator: TextGenerationPipeline,
  text: string,
  isChat: boolean,
  { system }: Values,
  call: TextGenerationOptions,
): Promise<string> {
  if (!isChat) return (await generator(text, call))[0].generated_text;
  const [{ generated_text }] = await generator([
    ...(system === undefined ? [] : [{ role: "system", content: system }]),
    { role: "user", content: text },
  ], call);
  return generated_text[generated_text.length - 1].content as string;
}
