/**
 * `lsg search`: the passages of an index that are nearest to a query.
 *
 * @module
 */
import { wrap } from "../base/wrap.ts";
import { showName } from "../base/show_value.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import { hashModel } from "../hub/hash_model.ts";
import { pipeline } from "../pipelines/mod.ts";
import { type OptionValues, UsageError } from "./arguments.ts";
import { CHECKPOINT_OPTIONS, withCheckpoint } from "./checkpoint_options.ts";
import { requireCount } from "./choice.ts";
import { renameTexts } from "./documents.ts";
import { embedderOptions } from "./embedder.ts";
import type { Encoder } from "./encoder.ts";
import { openIndex } from "./index_file.ts";
import type { IndexRow } from "./index_row.ts";
import type { ModelIo } from "./model_io.ts";
import { loadOptions, MODEL_OPTIONS } from "./model_options.ts";
import { Best, cosine, type Scored } from "./nearest.ts";
import { withProgressLine } from "./progress.ts";
import { runCommand } from "./run_command.ts";
import { escapeControls, formatJson } from "./table.ts";
import { TRUNCATION_OPTION } from "./task_command.ts";

const command = {
  name: "search",
  summary:
    "Finds the passages that are nearest to a query, in a file that lsg encode has written. " +
    "Every passage is compared: the angles are exact.",
  operands: [
    { placeholder: "INDEX", description: "A .jsonl, .parquet or .npy file with embeddings." },
    { placeholder: "QUERY", description: "What to look for." },
  ],
  options: {
    top_k: { type: "number", default: 5, description: "Passages, best first." },
    model: {
      type: "string",
      placeholder: "MODEL",
      description: "The checkpoint, if it is not where the index says, or the index says none.",
    },
    prompt: {
      type: "string",
      placeholder: "TEXT",
      mayBeEmpty: true,
      description: "Put this in front of the query, such as 'query: '; '': nothing.",
    },
    prompt_name: {
      type: "string",
      placeholder: "NAME",
      description: "The prompt of this name of a sentence-transformers model.",
    },
    truncation: TRUNCATION_OPTION,
    json: {
      type: "boolean",
      default: false,
      description: "Print JSON, a line for each passage: {score, id, start, end, text}.",
    },
    device: MODEL_OPTIONS.device,
    threads: MODEL_OPTIONS.threads,
    ...CHECKPOINT_OPTIONS,
  },
  examples: [
    'lsg search index.parquet "a walk along the river"',
    'lsg search index.jsonl "who left Bath" --top-k 20 --prompt "query: " --json',
  ],
} as const;

/** Options of loading that the index alone sets. */
const ABSENT = Object.fromEntries(
  Object.keys(MODEL_OPTIONS).map((name) => [name, undefined]),
) as Record<keyof typeof MODEL_OPTIONS, undefined>;

type Values = OptionValues<typeof command.options>;

/** Summary for the list of commands. */
export const SEARCH_SUMMARY: string = command.summary;

/**
 * Runs `lsg search`.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runSearch(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(command, args, io, async ({ values, operands: [path, query] }) => {
    if (!path || !query) {
      throw new UsageError(
        `Missing ${path ? "QUERY" : "INDEX"}: wanted lsg search INDEX QUERY, a file and a text`,
      );
    }
    requireCount("--top-k", values.top_k, 1);
    const index = await openIndex(path);
    const { encoder } = index;
    const model = modelOf(path, encoder, values);
    const wanted = await embedQuery(io, model, encoder, query, path, values);
    const best = new Best<IndexRow>(values.top_k);
    await withProgressLine(io, async (show) => {
      let count = 0;
      for await (const row of index.rows()) {
        if (row.vector.length !== wanted.length) {
          throw new RangeError(
            `Cannot search ${showName(path)}: the embedding of ${showName(row.where)} has ` +
              `${row.vector.length} values, those of ${showName(model)} have ${wanted.length}`,
          );
        }
        best.add(cosine(wanted, row.vector), row);
        if (++count % 10_000 === 0) show?.(`${count} passages`);
      }
    });
    const { values: found } = best;
    await io.stdout(found.map(values.json ? formatLine : formatPassage).join(""));
  });
}

/** Which model to ask; a name in a file reaches no server by a URL. */
function modelOf(path: string, encoder: Encoder | undefined, { model }: Values): string {
  if (model) return model;
  if (encoder === undefined) {
    throw new UsageError(`Cannot search ${path}: it does not say what made it, wanted --model`);
  }
  if (!/^\w+:\/\//.test(encoder.model)) return encoder.model;
  throw new UsageError(
    `Cannot search ${path}: its model is at ${encoder.model}, wanted --model ${encoder.model} if ` +
      "you trust it",
  );
}

/** Embeds the query as the passages were, but for the prompt. */
async function embedQuery(
  io: ModelIo,
  model: string,
  encoder: Encoder | undefined,
  query: string,
  path: string,
  values: Values,
): Promise<Float32Array> {
  const { prompt, prompt_name, truncation } = values;
  // What is checked here are the options of an index, too.
  const options = { dtype: "fp32", seed: 0, ...encoder?.options, prompt, prompt_name } as const;
  const revision = values.revision ?? encoder?.revision;
  const extractor = await withCheckpoint(io, model, { ...values, revision }, async (source) => {
    if (encoder) await checkModel(path, encoder, model, source);
    const loading = await loadOptions(source, { ...ABSENT, ...values, ...options });
    return await pipeline("feature-extraction", source, loading);
  });
  try {
    const [{ data, dims }] = await extractor._embed([query], {
      ...embedderOptions(options, extractor.defaults),
      truncation,
    }).catch((error) => {
      throw renameTexts(error, () => "the query");
    });
    if (dims.length === 1) return data;
    throw new RangeError(
      `Cannot search ${showName(path)}: its embeddings are those of tokens (--pooling none)`,
    );
  } finally {
    extractor.dispose();
  }
}

async function checkModel(
  path: string,
  encoder: Encoder,
  model: string,
  source: CheckpointSource,
): Promise<void> {
  // The files must be known first: a missing model is another error.
  if (await hashModel(source) === encoder.hash) return;
  if (await source.open("config.json") === undefined) return;
  throw new RangeError(
    `Cannot search ${showName(path)}: ${showName(model)} is not the model that made it ` +
      `(${showName(encoder.model)}), or it has changed since; encode again, or name the model by ` +
      "--model",
  );
}

function formatLine({ score, value: { id, start, end, text } }: Scored<IndexRow>): string {
  return formatJson({ score, id, start, end, text });
}

/** Width of a line, lines of a passage that are shown, and characters that are looked at for them. */
const [WIDTH, LINES, LOOKED_AT] = [100, 3, 1000];

function formatPassage(
  { score, value: { id, start, end, text } }: Scored<IndexRow>,
  index: number,
): string {
  const place = start === undefined || end === undefined ? "" : `  characters ${start} to ${end}`;
  const heading = `${index + 1}. ${score.toFixed(4)}  ${escapeControls(id)}${place}\n`;
  const whole = text?.replace(/\s+/g, " ").trim() ?? "";
  if (whole === "") return heading;
  // Without the half of a character at the end, and with spaces in words that are longer than a line.
  const beginning = whole.slice(0, LOOKED_AT).replace(/[\ud800-\udbff]$/, "");
  const words = escapeControls(beginning).replace(/\S{80}/gu, "$& ");
  const lines = wrap(words.trim(), WIDTH - 5);
  const shown = lines.slice(0, LINES);
  if (lines.length > LINES) shown[LINES - 1] += " …";
  return heading + shown.map((line) => `   ${line}\n`).join("");
}
