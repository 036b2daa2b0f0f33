/**
 * `lsg encode`: embeddings of documents.
 *
 * @module
 */
import { AutoModel, type EncoderModel } from "../models/mod.ts";
import { AutoTokenizer, type PreTrainedTokenizer } from "../tokenizer/mod.ts";
import { normalizeRows, pool, type Pooling, POOLINGS } from "../pipelines/pool.ts";
import { readSentencePooling } from "../pipelines/sentence_pooling.ts";
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
        "How token vectors are pooled: mean, cls (the first token's) or none. If absent, " +
        "as the files of a sentence-transformers model say, else mean.",
    },
    normalize: {
      type: "boolean",
      description:
        "Scale each vector to length 1 (if absent, as a sentence-transformers model says).",
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
    const [text, tokenizer, encoder, defaults] = await withCheckpoint(
      io,
      model,
      values,
      async (source) => {
        const options = await loadOptions(source, values);
        const text = values.text ?? await readTextFile(io, file);
        const tokenizer = await AutoTokenizer.from_pretrained(source);
        const encoder = await AutoModel.from_pretrained(source, options);
        if (options.lsg) tokenizer.model_max_length = encoder.maxLength;
        return [text, tokenizer, encoder, await readSentencePooling(source)] as const;
      },
    );
    const pooling = chosen || (defaults?.pooling ?? "mean");
    const normalize = values.normalize ?? defaults?.normalize ?? false;
    const documents = values.lines ? text.split(/\r?\n/) : [text];
    const embeddings: Embedding[] = [];
    try {
      for (const [i, document] of documents.entries()) {
        const embedding = await withProgress(
          io,
          `Document ${i + 1} of ${documents.length}`,
          (layer_callback) =>
            encode(tokenizer, encoder, document, {
              truncation: values.truncation,
              pooling,
              normalize,
              layer_callback,
            }),
        );
        embeddings.push(embedding);
        if (values.json) await io.stdout(`${formatEmbedding(embedding)}\n`);
      }
    } finally {
      encoder.dispose();
    }
    if (values.output !== undefined) {
      await io.writeBytes(values.output, encodeEmbeddings(embeddings));
    }
    if (!values.json) await io.stdout(sizes(embeddings));
  });
}

async function encode(
  tokenizer: PreTrainedTokenizer,
  model: EncoderModel,
  document: string,
  { pooling, normalize, truncation, layer_callback }: {
    readonly pooling: Pooling;
    readonly normalize: boolean;
    readonly truncation: boolean;
    readonly layer_callback: Parameters<EncoderModel["forward"]>[0]["layer_callback"];
  },
): Promise<Embedding> {
  const max_length = Math.min(tokenizer.model_max_length, model.maxLength);
  const { input_ids } = tokenizer(document, { truncation, ...(truncation && { max_length }) });
  const { last_hidden_state, pooler_output } = await model({ input_ids, layer_callback });
  pooler_output?.dispose();
  const rows = await last_hidden_state.getData();
  last_hidden_state.dispose();
  const [, tokens, width] = last_hidden_state.dims;
  const pooled = pool(rows, width, pooling);
  return {
    tokens,
    dims: pooling === "none" ? [tokens, width] : [width],
    data: normalize ? normalizeRows(pooled, width) : pooled,
  };
}

function sizes(embeddings: readonly Embedding[]): string {
  const rows = embeddings.map(({ tokens, dims }, i) => [
    String(i + 1),
    String(tokens),
    `[${dims.join(", ")}]`,
  ]);
  return formatTable([["document", "tokens", "dims"], ...rows], [0, 1]);
}
