/**
 * Reads the vocabulary of a tokenizer without tokenizer.json from a checkpoint.
 *
 * @module
 */
import { showValue } from "../../base/show_value.ts";
import {
  type CheckpointSource,
  readBytes,
  readJsonObject,
  readText,
} from "../../checkpoint/source.ts";
import { readSpecialTokens } from "../build_tokenizer.ts";
import type { TokenizerClass } from "../tokenizer_class.ts";
import type { TokenizerFiles } from "../tokenizer_files.ts";
import { readVocabulary } from "./read_vocabulary.ts";
import type { VocabularyParts } from "./vocabulary_parts.ts";

/**
 * Makes a tokenizer's parts of the files of its vocabulary.
 *
 * @param source The checkpoint's files.
 * @param files Those that are parsed.
 * @param known The tokenizer's class.
 * @returns The parts.
 * @throws {RangeError} If the files are missing, or the class is not known.
 * @throws {TypeError | SyntaxError} If a file is malformed.
 */
export async function importVocabulary(
  source: CheckpointSource,
  files: TokenizerFiles,
  known: TokenizerClass | undefined,
): Promise<VocabularyParts> {
  const vocabulary = await readFiles(source, known?.vocabulary);
  const all = { ...files, ...vocabulary };
  return readVocabulary(all, known, readSpecialTokens(all, known));
}

/**
 * Names the files that a tokenizer is made from if there is no tokenizer.json.
 *
 * @param vocabulary Their kind.
 * @returns The files; empty if there are none.
 */
export function vocabularyFiles(vocabulary: TokenizerClass["vocabulary"]): readonly string[] {
  if (vocabulary === "byteLevel") return ["vocab.json", "merges.txt"];
  if (vocabulary === "wordPiece") return ["vocab.txt"];
  return vocabulary === undefined ? [] : [vocabulary.file];
}

/** Reads the files that a tokenizer without tokenizer.json is made from. */
async function readFiles(
  source: CheckpointSource,
  kind: TokenizerClass["vocabulary"],
): Promise<TokenizerFiles> {
  const refuse = (missing: string): never => {
    throw new RangeError(
      `Cannot load a tokenizer from ${source.name}: it has no tokenizer.json${missing}; in ` +
        "Python, AutoTokenizer.from_pretrained(folder).save_pretrained(folder) of transformers " +
        "makes one",
    );
  };
  const names = vocabularyFiles(kind);
  if (names.length === 0) {
    const adapter = await readJsonObject(source, "adapter_config.json");
    if (!adapter) return refuse(", and no class whose other files could be read");
    throw new RangeError(
      `Cannot load a tokenizer from ${source.name}: it is an adapter, wanted the model that it is ` +
        `for, ${showValue(adapter.base_model_name_or_path)}, or one that it was merged into`,
    );
  }
  for (const name of names) {
    if (await source.open(name) === undefined) refuse(` and no ${name}`);
  }
  if (kind === "byteLevel") {
    return {
      vocab: await readJsonObject(source, "vocab.json"),
      merges: await readText(source, "merges.txt"),
    };
  }
  if (kind === "wordPiece") return { vocabText: await readText(source, "vocab.txt") };
  return { sentencePiece: await readBytes(source, names[0]) };
}
