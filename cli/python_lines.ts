/**
 * Python that loads a converted checkpoint.
 *
 * @module
 */
import { PYTHON_PACKAGES } from "../checkpoint/python_classes.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import { formatJson } from "./table.ts";

/**
 * Names the packages that the lines need, as `pip install` takes them.
 *
 * @param lines The lines.
 * @returns The names, with versions that work together.
 */
export function pythonPackages([first]: readonly string[]): string {
  const own = /^from sentence_transformers /.test(first) ? " sentence-transformers" : "";
  return `${PYTHON_PACKAGES}${own}`;
}

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
