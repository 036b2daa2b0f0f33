/**
 * `lsg encode`: embeddings of documents.
 *
 * @module
 */
import { pipeline, POOLINGS } from "../pipelines/mod.ts";
import { RemoteSource } from "../hub/remote_source.ts";
import { UsageError } from "./arguments.ts";
import { requireModel, withCheckpoint } from "./checkpoint_options.ts";
import { chooseOne } from "./choice.ts";
import { nameDocuments, splitDocuments } from "./documents.ts";
import { type Embedding, encodeEmbeddings, formatEmbedding } from "./embedding.ts";
import type { ModelIo } from "./model_io.ts";
import { loadOptions, MODEL_OPTIONS } from "./model_options.ts";
import { refuseOwnModel, refuseOwnText } from "./own_input.ts";
import { withProgress } from "./progress.ts";
import { readTextFile } from "./read_text.ts";
import { runCommand } from "./run_command.ts";
import { formatTable } from "./table.ts";
import { requireOneText, TASK_OPERANDS, TASK_OPTIONS, TRUNCATION_OPTION } from "./task_command.ts";

const command = {
  name: "encode",
  summary: "Computes an embedding of each document, for search and comparison.",
  operands: TASK_OPERANDS,
  options: {
    text: TASK_OPTIONS.text,
    lines: TASK_OPTIONS.lines,
    pooling: {
      type: "string",
      placeholder: "KIND",
      description:
        "How token vectors are pooled: mean, cls (the first token's), max, mean_sqrt_len_tokens, " +
        "weightedmean, lasttoken or none. If absent, as the files of a sentence-transformers model " +
        "say, else mean.",
    },
    normalize: {
      type: "boolean",
      description:
        "Scale each vector to length 1 (if absent, as a sentence-transformers model says).",
    },
    prompt: {
      type: "string",
      placeholder: "TEXT",
      description: "Put this in front of each document, such as 'query: '.",
    },
    prompt_name: {
      type: "string",
      placeholder: "NAME",
      description:
        "The prompt of this name of a sentence-transformers model (if absent, its default).",
    },
    truncation: TRUNCATION_OPTION,
    output: {
      type: "string",
      short: "o",
      placeholder: "FILE",
      description: "Write safetensors: embeddings [documents, width], or without pooling " +
        "document_N [tokens, width]. With -, to standard output, and the sizes to standard error.",
    },
    json: {
      type: "boolean",
      default: false,
      description: "Print the vectors as JSON, one line per document, instead of their sizes.",
    },
    ...MODEL_OPTIONS,
  },
  examples: [
    "lsg encode owner/model letters.txt --lines --json > letters.jsonl",
  ],
} as const;

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
  return runCommand(command, args, io, async ({ values, operands: [checkpoint, file] }) => {
    const model = requireModel(command.name, checkpoint);
    requireOneText(values.text, file);
    const { output, truncation, normalize, prompt, prompt_name } = values;
    const chosen = values.pooling === undefined
      ? undefined
      : chooseOne("pooling", values.pooling, POOLINGS);
    if (output === "-") requireBytesWanted(io, values.json);
    else if (output !== undefined) {
      if (values.text === undefined) await refuseOwnText(output, file);
      await io.checkOutput(output);
    }
    const [documents, extractor] = await withCheckpoint(io, model, values, async (source) => {
      if (output !== undefined && output !== "-" && !(source instanceof RemoteSource)) {
        await refuseOwnModel(output, source.name);
      }
      const options = await loadOptions(source, values);
      const text = values.text ?? await readTextFile(io, file);
      const documents = splitDocuments(text, values.lines);
      return [documents, await pipeline("feature-extraction", source, options)] as const;
    });
    // A sentence-transformers model says itself how it pools.
    const pooling = chosen ?? (extractor.defaults.pooling === "none" ? "mean" : undefined);
    const options = { truncation, pooling, normalize, prompt, prompt_name };
    const embeddings: Embedding[] = [];
    try {
      for (const [i, document] of documents.entries()) {
        const [embedding] = await withProgress(
          io,
          `Document ${i + 1} of ${documents.length}`,
          (layer_callback) => extractor._embed([document], { ...options, layer_callback }),
        ).catch((error) => {
          throw nameDocuments(error, values.lines, i);
        });
        embeddings.push(embedding);
      }
    } finally {
      extractor.dispose();
    }
    if (output !== undefined) await io.writeBytes(output, encodeEmbeddings(embeddings));
    if (values.json) {
      for (const embedding of embeddings) await io.stdout(`${formatEmbedding(embedding)}\n`);
    } else await (output === "-" ? io.stderr(sizes(embeddings)) : io.stdout(sizes(embeddings)));
  });
}

function requireBytesWanted(io: ModelIo, json: boolean): void {
  if (json) throw new UsageError("Cannot use both --output - and --json: wanted one output");
  if (!io.stdoutIsTerminal) return;
  throw new UsageError("Cannot write safetensors to a terminal: wanted a file or a pipe");
}

function sizes(embeddings: readonly Embedding[]): string {
  const rows = embeddings.map(({ tokens, dims }, i) => [
    String(i + 1),
    String(tokens),
    `[${dims.join(", ")}]`,
  ]);
  return formatTable([["document", "tokens", "dims"], ...rows], [0, 1]);
}
