/**
 * `lsg encode`: embeddings of documents.
 *
 * @module
 */
import { pipeline, POOLINGS } from "../pipelines/mod.ts";
import { requireModel, withCheckpoint } from "./checkpoint_options.ts";
import { chooseOne } from "./choice.ts";
import { type Embedding, encodeEmbeddings, formatEmbedding } from "./embedding.ts";
import type { ModelIo } from "./model_io.ts";
import { loadOptions, MODEL_OPTIONS } from "./model_options.ts";
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
        "document_N [tokens, width].",
    },
    json: {
      type: "boolean",
      default: false,
      description: "Print the vectors as JSON, one line per document, instead of their sizes.",
    },
    ...MODEL_OPTIONS,
  },
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
    const chosen = values.pooling && chooseOne("pooling", values.pooling, POOLINGS);
    if (values.output !== undefined) await io.touch(values.output);
    const [text, extractor] = await withCheckpoint(io, model, values, async (source) => {
      const options = await loadOptions(source, values);
      const text = values.text ?? await readTextFile(io, file);
      return [text, await pipeline("feature-extraction", source, options)] as const;
    });
    const isConfigured = extractor.defaults.pooling !== "none";
    const options = {
      truncation: values.truncation,
      pooling: chosen || (isConfigured ? undefined : "mean"),
      normalize: values.normalize,
      prompt: values.prompt,
      prompt_name: values.prompt_name,
    };
    const documents = values.lines ? text.split(/\r?\n/) : [text];
    const embeddings: Embedding[] = [];
    try {
      for (const [i, document] of documents.entries()) {
        const [embedding] = await withProgress(
          io,
          `Document ${i + 1} of ${documents.length}`,
          (layer_callback) => extractor._embed([document], { ...options, layer_callback }),
        );
        embeddings.push(embedding);
        if (values.json) await io.stdout(`${formatEmbedding(embedding)}\n`);
      }
    } finally {
      extractor.dispose();
    }
    if (values.output !== undefined) {
      await io.writeBytes(values.output, encodeEmbeddings(embeddings));
    }
    if (!values.json) await io.stdout(sizes(embeddings));
  });
}

function sizes(embeddings: readonly Embedding[]): string {
  const rows = embeddings.map(({ tokens, dims }, i) => [
    String(i + 1),
    String(tokens),
    `[${dims.join(", ")}]`,
  ]);
  return formatTable([["document", "tokens", "dims"], ...rows], [0, 1]);
}
