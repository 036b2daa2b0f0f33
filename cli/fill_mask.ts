/**
 * `lsg fill-mask`: masked language modelling.
 *
 * @module
 */
import { type FillMaskResult, pipeline } from "../pipelines/mod.ts";
import { requireModel, withCheckpoint } from "./checkpoint_options.ts";
import { requireCount } from "./choice.ts";
import type { ModelIo } from "./model_io.ts";
import { loadOptions, MODEL_OPTIONS } from "./model_options.ts";
import { withProgress } from "./progress.ts";
import { readTextFile } from "./read_text.ts";
import { nameDocuments } from "./documents.ts";
import { runCommand } from "./run_command.ts";
import { formatJson } from "./table.ts";
import { requireOneText, TASK_OPERANDS } from "./task_command.ts";
import { formatWords } from "./word_table.ts";

const command = {
  name: "fill-mask",
  summary: "Predicts the words at the mask tokens of a text.",
  operands: TASK_OPERANDS,
  options: {
    text: { type: "string", description: "The text itself, instead of a file." },
    top_k: { type: "number", default: 5, description: "Words per mask." },
    targets: {
      type: "list",
      placeholder: "WORD",
      description:
        "Candidate words, split at commas if given once; if absent, the whole vocabulary.",
    },
    truncation: {
      type: "boolean",
      default: false,
      description: "Truncate a text that is too long for the model; otherwise it is an error.",
    },
    json: {
      type: "boolean",
      default: false,
      description:
        "Print JSON on one line: for each mask a list of {score, token, token_str, sequence}.",
    },
    ...MODEL_OPTIONS,
  },
  examples: [
    'lsg fill-mask demo/model --text "It was a dark and <mask> night."',
    "lsg fill-mask owner/model letter.txt --max-sequence-length 4096 --top-k 1 --json",
  ],
} as const;

/** Summary for the list of commands. */
export const FILL_MASK_SUMMARY: string = command.summary;

/**
 * Runs `lsg fill-mask`.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runFillMask(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(command, args, io, async ({ values, operands: [checkpoint, file] }) => {
    const model = requireModel(command.name, checkpoint);
    const { text: given, top_k, truncation } = values;
    const targets = splitWords(values.targets);
    requireCount("--top-k", top_k, 1);
    requireOneText(given, file);
    const [text, unmasker] = await withCheckpoint(io, model, values, async (source) => {
      const options = await loadOptions(source, values);
      const text = given ?? await readTextFile(io, file);
      return [text, await pipeline("fill-mask", source, options)] as const;
    });
    try {
      const results = await withProgress(
        io,
        "Filling masks",
        (layer_callback) => unmasker(text, { top_k, targets, truncation, layer_callback }),
      );
      const masks = Array.isArray(results[0]) ? results : [results];
      await io.stdout(
        values.json ? formatJson(masks) : formatWords(masks as FillMaskResult[][]),
      );
    } catch (error) {
      throw nameDocuments(error, false);
    } finally {
      unmasker.dispose();
    }
  });
}

/** Splits a single value at commas; spaces before words count for many vocabularies. */
function splitWords(given: readonly string[] | undefined): readonly string[] | undefined {
  if (given?.length !== 1) return given;
  const words = given[0].split(",").filter((word) => word !== "");
  // A comma is a word too.
  return words.length > 0 ? words : given;
}
