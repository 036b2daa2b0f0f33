/**
 * Python that loads a converted checkpoint.
 *
 * @module
 */
import type { CheckpointSource } from "../checkpoint/source.ts";
import { formatJson } from "./table.ts";

/** What the lines need; the folder's own module imports the model's classes from lsg-converter. */
export const PYTHON_PACKAGES = "transformers lsg-converter";

/**
 * Writes the Python lines that load a converted checkpoint with LSG attention; without
 * `trust_remote_code` Python would load a model with full attention.
 *
 * @param folder The folder, as given.
 * @param source Its files.
 * @param architectures The config's classes.
 * @returns The lines.
 */
export async function pythonLines(
  folder: string,
  source: CheckpointSource,
  architectures: readonly string[],
): Promise<string[]> {
  // A string of JSON is one of Python.
  const path = formatJson(folder).trimEnd();
  if (await source.open("modules.json") !== undefined) {
    return [
      "from sentence_transformers import SentenceTransformer",
      `model = SentenceTransformer(${path}, trust_remote_code=True)`,
    ];
  }
  const found = architectures[0]?.match(/For[A-Z]\w*$/)?.[0] ?? "";
  const head = found === "ForConditionalGeneration" ? "ForSeq2SeqLM" : found;
  return [
    `from transformers import AutoModel${head}, AutoTokenizer`,
    `model = AutoModel${head}.from_pretrained(${path}, trust_remote_code=True)`,
    `tokenizer = AutoTokenizer.from_pretrained(${path})`,
  ];
}
