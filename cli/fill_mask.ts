/**
 * `lsg fill-mask`: fills in hidden words.
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
import { runCommand } from "./run_command.ts";
import { requireOneText, TASK_OPERANDS } from "./task_command.ts";
import { wordTable } from "./word_table.ts";

const command = {
  name: "fill-mask",
  summary: "Fills in the hidden words of a text: those in the place of the model's mask token.",
  operands: TASK_OPERANDS,
  options: {
    text: { type: "string", description: "The text itself, in place of a file." },
    top_k: { type: "number", default: 5, description: "How many words a mask gets." },
    targets: {
      type: "list",
      placeholder: "WORD",
      description: "A word to consider; without any, the whole vocabulary.",
    },
    truncation: {
      type: "boolean",
      default: false,
      description: "Cut a text that is too long for the model; otherwise it is an error.",
    },
    json: {
      type: "boolean",
      default: false,
      description: "Print JSON: for each mask a list of {score, token, token_str, sequence}.",
    },
    ...MODEL_OPTIONS,
  },
} as const;

/** What the list of commands says of this one. */
export const FILL_MASK_SUMMARY: string = command.summary;

/**
 * Runs `lsg fill-mask`.
 *
 * @param args The words after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runFillMask(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(command, args, io, async ({ values, operands: [checkpoint, file] }) => {
    const model = requireModel(command.name, checkpoint);
    const { text: given, top_k, targets, truncation } = values;
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
        values.json
          ? JSON.stringify(masks, null, 2) + "\n"
          : wordTable(masks as FillMaskResult[][]),
      );
    } finally {
      unmasker.dispose();
    }
  });
}
