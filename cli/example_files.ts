/**
 * Files of examples.
 *
 * @module
 */
import type { ExampleData } from "../training/data/examples.ts";
import { readCsv } from "../training/data/csv.ts";
import { readJsonLines } from "../training/data/json_lines.ts";
import type { CollatorOptions } from "../training/data/encoder_settings.ts";
import { type OptionValues, UsageError } from "./arguments.ts";
import { requireCount } from "./choice.ts";

/** Options of how examples are read. */
export const COLLATOR_OPTIONS = {
  truncation: {
    type: "boolean",
    default: false,
    description: "Truncate texts that are too long; otherwise they are an error.",
  },
  max_length: {
    type: "number",
    description: "Most tokens of a text, if that is less than the model holds.",
  },
  max_target_length: { type: "number", description: "Most tokens of a summary." },
  mlm_probability: {
    type: "number",
    description: "For masked-lm, the share of tokens that are to be found (0.15).",
  },
} as const;

/**
 * Converts option values to those of a collator.
 *
 * @param values Option values.
 * @param seed Seed of hidden words.
 * @returns The options; those that are absent are left out.
 * @throws {UsageError} If a length is not a number of tokens, or a share is none.
 */
export function collatorOptions(
  { truncation, max_length, max_target_length, mlm_probability }: OptionValues<
    typeof COLLATOR_OPTIONS
  >,
  seed: number,
): CollatorOptions {
  if (mlm_probability !== undefined && !(mlm_probability >= 0 && mlm_probability <= 1)) {
    throw new UsageError(
      `Cannot use --mlm-probability ${mlm_probability}: wanted a number from 0 to 1`,
    );
  }
  return {
    truncation,
    max_length: requireCount("--max-length", max_length, 1),
    max_target_length: requireCount("--max-target-length", max_target_length, 1),
    mlm_probability,
    seed,
  };
}

/** How a file is read, by the end of its name. */
const READERS: readonly (readonly [end: RegExp, read: (path: string) => ExampleData])[] = [
  [/\.(jsonl|ndjson|json)$/i, (path) => readJsonLines(path)],
  [/\.csv$/i, (path) => readCsv(path)],
  [/\.(tsv|tab)$/i, (path) => readCsv(path, { delimiter: "\t" })],
];

/**
 * Names a file of examples; nothing is read yet.
 *
 * @param flag The option that named it.
 * @param path The file.
 * @returns The examples.
 * @throws {UsageError} If the end of its name says nothing of its format.
 */
export function readExamples(flag: string, path: string): ExampleData {
  const reader = READERS.find(([end]) => end.test(path));
  if (reader) return reader[1](path);
  throw new UsageError(
    `Cannot use ${flag} ${path}: wanted a name that ends in .jsonl, .csv or .tsv`,
  );
}
