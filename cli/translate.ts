/**
 * `lsg translate`: translations of documents.
 *
 * @module
 */
import type { ModelIo } from "./model_io.ts";
import { runCommand } from "./run_command.ts";
import { runWriting, WRITING_OPERANDS, WRITING_OPTIONS } from "./write_command.ts";

const command = {
  name: "translate",
  summary: "Translates documents, with an encoder-decoder such as mBART.",
  operands: WRITING_OPERANDS,
  options: {
    src_lang: {
      type: "string",
      placeholder: "CODE",
      description: "The documents' language, for models of several languages: en_XX, say.",
    },
    tgt_lang: {
      type: "string",
      placeholder: "CODE",
      description: "The language to translate to, for models of several languages: ro_RO, say.",
    },
    ...WRITING_OPTIONS,
  },
  examples: [
    "lsg translate owner/mbart letter.txt --src-lang en_XX --tgt-lang ro_RO",
    "lsg translate owner/mbart letters.txt --lines --src-lang en_XX --tgt-lang ro_RO --json",
  ],
} as const;

/** Summary for the list of commands. */
export const TRANSLATE_SUMMARY: string = command.summary;

/**
 * Runs `lsg translate`.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runTranslate(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(command, args, io, (parsed) => {
    const { src_lang, tgt_lang } = parsed.values;
    return runWriting(
      {
        name: command.name,
        task: "translation",
        label: "Translating",
        run: (translator, text, options) => translator(text, { ...options, src_lang, tgt_lang }),
        textOf: ({ translation_text }) => translation_text,
      },
      io,
      parsed,
    );
  });
}
