/**
 * `lsg encode`: documents to vectors.
 *
 * @module
 */
import { AutoModel, type EncoderModel } from "../models/mod.ts";
import { AutoTokenizer, type PreTrainedTokenizer } from "../tokenizer/mod.ts";
import { UsageError } from "./arguments.ts";
import { CHECKPOINT_DESCRIPTION, requireModel, withCheckpoint } from "./checkpoint_options.ts";
import { type Embedding, embeddingFile, embeddingJson } from "./embedding.ts";
import type { ModelIo } from "./model_io.ts";
import { loadOptions, MODEL_OPTIONS } from "./model_options.ts";
import { normalizeRows, pool, type Pooling, POOLINGS } from "../pipelines/pool.ts";
import { withProgress } from "./progress.ts";
import { readTextFile } from "./read_text.ts";
import { runCommand } from "./run_command.ts";
import { table } from "./table.ts";

const command = {
  name: "encode",
  summary: "Makes a vector of each document, for searching and comparing.",
  operands: {
    placeholder: "MODEL [FILE]",
    description: `${CHECKPOINT_DESCRIPTION}. A text file; standard input if absent or -.`,
    most: 2,
  },
  options: {
    lines: {
      type: "boolean",
      default: false,
      description: "Each line is a document; otherwise the whole text is one.",
    },
    pooling: {
      type: "string",
      placeholder: "KIND",
      default: "mean",
      description: "What becomes of a document's rows: their mean, the first one (cls), or all " +
        "of them stay (none).",
    },
    normalize: {
      type: "boolean",
      default: false,
      description: "Give each vector the length 1.",
    },
    truncation: {
      type: "boolean",
      default: false,
      description: "Cut documents that are too long for the model; otherwise they are an error.",
    },
    output: {
      type: "string",
      short: "o",
      placeholder: "FILE",
      description: "Write the vectors as safetensors: embeddings [documents, width], or without " +
        "pooling document_N [tokens, width].",
    },
    json: {
      type: "boolean",
      default: false,
      description: "Print the vectors as JSON, a line for each document; otherwise their sizes.",
    },
    ...MODEL_OPTIONS,
  },
} as const;

/** What the list of commands says of this one. */
export const ENCODE_SUMMARY: string = command.summary;

/**
 * Runs `lsg encode`.
 *
 * @param args The words after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runEncode(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(command, args, io, async ({ values, operands: [checkpoint, file] }) => {
    const model = requireModel(command.name, checkpoint);
    const pooling = poolingOf(values.pooling);
    const [text, tokenizer, encoder] = await withCheckpoint(io, model, values, async (source) => {
      const options = await loadOptions(source, values);
      const text = await readTextFile(io, file);
      const tokenizer = await AutoTokenizer.from_pretrained(source);
      const encoder = await AutoModel.from_pretrained(source, options);
      if (options.lsg) tokenizer.model_max_length = encoder.maxLength;
      return [text, tokenizer, encoder] as const;
    });
    const documents = values.lines ? text.split(/\r?\n/) : [text];
    const embeddings: Embedding[] = [];
    try {
      for (const [i, document] of documents.entries()) {
        const embedding = await withProgress(
          io,
          `Document ${i + 1} of ${documents.length}`,
          (layer_callback) =>
            encode(tokenizer, encoder, document, { ...values, pooling, layer_callback }),
        );
        embeddings.push(embedding);
        if (values.json) await io.stdout(`${embeddingJson(embedding)}\n`);
      }
    } finally {
      encoder.dispose();
    }
    if (values.output !== undefined) await io.writeBytes(values.output, embeddingFile(embeddings));
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

function poolingOf(name: string): Pooling {
  const pooling = POOLINGS.find((known) => known === name);
  if (pooling) return pooling;
  throw new UsageError(`Unknown pooling "${name}": wanted one of ${POOLINGS.join(", ")}`);
}

function sizes(embeddings: readonly Embedding[]): string {
  const rows = embeddings.map(({ tokens, dims }, i) => [
    String(i + 1),
    String(tokens),
    `[${dims.join(", ")}]`,
  ]);
  return table([["document", "tokens", "dims"], ...rows], [0, 1]);
}
