/**
 * `lsg encode`: embeddings of documents.
 *
 * @module
 */
import deno from "../deno.json" with { type: "json" };
import { pipeline } from "../pipelines/mod.ts";
import { RemoteSource } from "../hub/remote_source.ts";
import { type OptionValues, UsageError } from "./arguments.ts";
import { MODEL_OPERAND, requireModel, withCheckpoint } from "./checkpoint_options.ts";
import { requireCount } from "./choice.ts";
import { formatOf, SAFETENSORS } from "./embedding_formats.ts";
import { EMBEDDER_OPTIONS, embedderOptions } from "./embedder.ts";
import { listInputs } from "./encode_inputs.ts";
import { encodePassages } from "./encode_passages.ts";
import { openSink } from "./encode_sinks.ts";
import { describeEncoder } from "./encoder.ts";
import type { ModelIo } from "./model_io.ts";
import { loadOptions, MODEL_OPTIONS } from "./model_options.ts";
import { refuseOwnModel, refuseOwnText } from "./own_input.ts";
import { runCommand } from "./run_command.ts";
import { requireOneText, TASK_OPTIONS, TRUNCATION_OPTION } from "./task_command.ts";

const command = {
  name: "encode",
  summary: "Computes an embedding of each document, for search and comparison. A run that was " +
    "interrupted goes on where it stopped if it is started again.",
  operands: [MODEL_OPERAND, {
    placeholder: "[FILE]…",
    description: "Text files in UTF-8, each a document, and folders of them; standard input if " +
      "absent or -.",
    repeated: true,
  }],
  options: {
    text: TASK_OPTIONS.text,
    lines: TASK_OPTIONS.lines,
    window: {
      type: "number",
      placeholder: "TOKENS",
      description: "Divide documents into passages of at most so many tokens.",
    },
    overlap: {
      type: "number",
      placeholder: "TOKENS",
      description: "With --window: tokens that a passage shares with the one before (0).",
    },
    ...EMBEDDER_OPTIONS,
    truncation: TRUNCATION_OPTION,
    output: {
      type: "string",
      short: "o",
      placeholder: "FILE",
      description: "Write a file, by the end of its name: .jsonl; .parquet; .npy, with ids in " +
        "NAME.ids.jsonl; .safetensors: embeddings [passages, width], or without pooling " +
        "document_N [tokens, width]. With -, safetensors to standard output.",
    },
    json: {
      type: "boolean",
      default: false,
      description:
        "Print JSON, a line for each passage: {id, start, end, tokens, text, embedding, " +
        "encoder}.",
    },
    ...MODEL_OPTIONS,
  },
  examples: [
    "lsg encode owner/model docs notes.txt --window 256 --overlap 32 -o index.parquet",
    "lsg encode owner/model letters.txt --lines --json > letters.jsonl",
    "cat titles.txt | lsg encode owner/model --lines --normalize -o titles.npy",
  ],
} as const;

type EncodeValues = OptionValues<typeof command.options>;

/** Summary for the list of commands. */
export const ENCODE_SUMMARY: string = command.summary;

/**
 * Runs `lsg encode`.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runEncode(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(command, args, io, async ({ values, operands: [checkpoint, ...operands] }) => {
    const model = requireModel(command.name, checkpoint);
    requireOneText(values.text, operands[0]);
    const { output, text } = values;
    const format = checkValues(io, values);
    const outputs = output === undefined || output === "-"
      ? []
      : [output, ...format?.others?.(output) ?? []];
    await format?.load?.();
    const files = text === undefined ? await listInputs(operands, outputs) : [];
    for (const path of outputs) {
      for (const file of files) if (!file.isFound) await refuseOwnText(path, file.path);
      await io.checkOutput(path);
    }
    const { extractor, encoder } = await withCheckpoint(io, model, values, async (source) => {
      if (!(source instanceof RemoteSource)) {
        for (const path of outputs) await refuseOwnModel(path, source.name);
      }
      const options = await loadOptions(source, values);
      const encoder = await describeEncoder(model, source, values);
      return { encoder, extractor: await pipeline("feature-extraction", source, options) };
    });
    try {
      const { truncation, window, overlap = 0 } = values;
      if (window !== undefined && window > extractor.maxLength) {
        throw new UsageError(
          `Cannot use --window ${window}: at most ${extractor.maxLength} tokens fit the model; ` +
            "wanted fewer, or a --max-sequence-length",
        );
      }
      const options = { ...embedderOptions(values, extractor.defaults), truncation };
      const sink = await openSink(io, output, format, values.json, {
        version: deno.version,
        encoder,
        device: extractor.model.backend.name,
        truncation,
        window,
        overlap,
        lines: values.lines,
      });
      await encodePassages(io, extractor, sink, files, values, options)
        .finally(() => sink.close());
    } finally {
      extractor.dispose();
    }
  });
}

/** Checks what can be checked before anything is read. */
function checkValues(io: ModelIo, values: EncodeValues) {
  const { output, json, pooling, window } = values;
  embedderOptions(values, { pooling: "none", normalize: false });
  requireCount("--window", window, 1);
  const overlap = requireCount("--overlap", values.overlap, 0);
  if (window === undefined && overlap !== undefined) {
    throw new UsageError("Cannot use --overlap without --window: wanted both");
  }
  if (window !== undefined && overlap !== undefined && overlap >= window) {
    throw new UsageError(`Cannot use --overlap ${overlap}: wanted less than --window ${window}`);
  }
  if (output === undefined) return undefined;
  if (json) {
    throw new UsageError(`Cannot use both --output ${output} and --json: wanted one output`);
  }
  if (output === "-" && io.stdoutIsTerminal) {
    throw new UsageError("Cannot write safetensors to a terminal: wanted a file or a pipe");
  }
  const format = output === "-" ? SAFETENSORS : formatOf(output);
  if (pooling === "none" && !format.holdsRows) {
    throw new UsageError(
      `Cannot write ${output} with --pooling none: wanted .jsonl or .safetensors, as embeddings ` +
        "have different lengths then",
    );
  }
  return format;
}
