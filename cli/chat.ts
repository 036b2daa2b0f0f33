/**
 * `lsg chat`: a conversation.
 *
 * @module
 */
import { pipeline } from "../pipelines/mod.ts";
import { UsageError } from "./arguments.ts";
import { ChatSession } from "./chat_session.ts";
import { MODEL_OPERAND, requireModel, withCheckpoint } from "./checkpoint_options.ts";
import {
  CHAT_OPTIONS,
  DECODER_OPTIONS,
  decoderOptions,
  readChatTemplate,
} from "./decoder_options.ts";
import { explainAnyError } from "./file_errors.ts";
import { GENERATION_OPTIONS, generationSettings } from "./generation_options.ts";
import { isStandardInput } from "./input.ts";
import { withInterrupt } from "./interrupt.ts";
import type { ModelIo } from "./model_io.ts";
import { withProgressLine } from "./progress.ts";
import { runCommand } from "./run_command.ts";
import { selfExtendOption } from "./self_extend_option.ts";
import { escapeControls } from "./table.ts";
import { splitLines } from "./text_lines.ts";
import { TextOutput } from "./written_text.ts";

const {
  num_beams: _beams,
  max_length: _maxLength,
  min_length: _minLength,
  length_penalty: _lengthPenalty,
  ...ANSWER_OPTIONS
} = GENERATION_OPTIONS;

/** Most tokens of an answer where neither the command nor the checkpoint says. */
const ANSWER_TOKENS = 512;

const COMMANDS = "/reset, /system TEXT, /exit";

const command = {
  name: "chat",
  summary: "Answers line by line, with a decoder for chats. Each line of standard input is a " +
    `message, or a command: ${COMMANDS}. Ctrl-C stops an answer, and ends the program at once ` +
    "when there is none, or a second time.",
  operands: [MODEL_OPERAND],
  options: { ...CHAT_OPTIONS, ...ANSWER_OPTIONS, ...DECODER_OPTIONS },
  examples: [
    "lsg chat HuggingFaceTB/SmolLM2-135M-Instruct --dtype q8",
    'lsg chat owner/model --system "You are brief." --do-sample --temperature 0.7',
  ],
} as const;

/** Summary for the list of commands. */
export const CHAT_SUMMARY = "Answers line by line, with a decoder for chats.";

/**
 * Runs `lsg chat`.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runChat(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(command, args, io, async ({ values, operands: [checkpoint] }) => {
    const model = requireModel(command.name, checkpoint);
    if (values.chat_template !== undefined && isStandardInput(values.chat_template)) {
      throw new UsageError(
        "Cannot read --chat-template from standard input, which has the messages: wanted a file",
      );
    }
    const absent = { num_beams: undefined, max_length: undefined, min_length: undefined };
    const given = generationSettings({ ...values, ...absent, length_penalty: undefined });
    const selfExtend = selfExtendOption(values.self_extend);
    const loaded = await withCheckpoint(
      io,
      model,
      values,
      async (source) =>
        await pipeline("text-generation", source, await decoderOptions(source, values)),
    );
    let session: ChatSession | undefined;
    try {
      const own = loaded.model.settingsOf("text-generation");
      const draws = given.do_sample ?? own.do_sample ?? false;
      session = new ChatSession({
        tokenizer: loaded.tokenizer,
        model: loaded.model,
        chatTemplate: await readChatTemplate(io, values.chat_template, loaded.tokenizer),
        settings: {
          ...given,
          ...(draws && { seed: values.seed }),
          num_beams: 1,
          max_new_tokens: given.max_new_tokens ?? own.max_new_tokens ?? ANSWER_TOKENS,
        },
        selfExtend,
      }, values.system);
      await hold(session, io, loaded.tokenizer);
    } finally {
      session?.[Symbol.dispose]();
      loaded.dispose();
    }
  });
}

/** Reads messages until the end of standard input. */
async function hold(
  session: ChatSession,
  io: ModelIo,
  tokenizer: ConstructorParameters<typeof TextOutput>[1],
): Promise<void> {
  const prompt = () => io.stdinIsTerminal ? io.stderr("> ") : Promise.resolve();
  await prompt();
  for await (const line of splitLines(io.streamText("-"), "standard input")) {
    const text = line.trim();
    if (text === "/exit") return;
    try {
      if (text.startsWith("/")) await obey(session, io, text);
      else if (text !== "") await answer(session, io, tokenizer, text);
    } catch (error) {
      // A program that writes the messages learns it by the exit code.
      if (!io.stdinIsTerminal) throw error;
      await io.stderr(`${escapeControls(explainAnyError(error))}\n`);
    }
    await prompt();
  }
}

/** Carries out a command. */
async function obey(session: ChatSession, io: ModelIo, text: string): Promise<void> {
  const [, name, rest] = /^(\S+)\s*(.*)$/s.exec(text)!;
  if (name === "/reset" && rest === "") session.reset();
  else if (name === "/system" && rest !== "") session.reset(rest);
  else throw new UsageError(`Unknown command ${JSON.stringify(text)}: wanted ${COMMANDS}`);
  if (io.stdinIsTerminal) await io.stderr("A new conversation.\n");
}

/** Answers a message, word by word. */
async function answer(
  session: ChatSession,
  io: ModelIo,
  tokenizer: ConstructorParameters<typeof TextOutput>[1],
  text: string,
): Promise<void> {
  await withProgressLine(io, async (show) => {
    show?.("Reading …");
    let written = "";
    const output = new TextOutput(io, tokenizer, {
      skip_prompt: true,
      onText: (piece) => {
        show?.("");
        written += piece;
      },
    });
    await withInterrupt(
      (signal) => session.say(text, output.streamer, () => written, signal),
      ["SIGINT"],
    );
    await output.finish();
  });
}
