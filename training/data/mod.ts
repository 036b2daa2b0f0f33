/**
 * Data to learn from: files, lists and iterables of examples to batches.
 *
 * @module
 */
export { type CollatedBatch, Collator } from "./collator.ts";
export { type CsvOptions, readCsv } from "./csv.ts";
export type { CollatorOptions } from "./encoder_settings.ts";
export type { Example, Examples, LocatedExample } from "./example.ts";
export {
  type BatchMaker,
  type ExampleBatches,
  exampleBatches,
  type ExampleBatchesOptions,
} from "./example_batches.ts";
export { ExampleFile } from "./example_file.ts";
export { type ExampleData, openExamples } from "./examples.ts";
export { findLabels, type FoundLabels } from "./find_labels.ts";
export { readJsonLines } from "./json_lines.ts";
