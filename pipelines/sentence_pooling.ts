/**
 * Pooling as configured by a sentence-transformers checkpoint.
 *
 * @module
 */
import { isJsonObject, parseJson } from "../base/json.ts";
import { type CheckpointSource, readJsonObject, readText } from "../checkpoint/source.ts";
import type { Pooling } from "./pool.ts";

/** Pooling and normalization of a text's rows. */
export interface SentencePooling {
  /** Pooling of the rows. */
  readonly pooling: Pooling;
  /** Whether vectors are normalized to length 1. */
  readonly normalize: boolean;
}

const POOLINGS: Readonly<Record<string, Pooling>> = {
  pooling_mode_mean_tokens: "mean",
  pooling_mode_cls_token: "cls",
};

/**
 * Reads `modules.json` and the pooling's `config.json`.
 *
 * @param source The checkpoint.
 * @returns The configured pooling; undefined if there is no `modules.json`.
 * @throws {SyntaxError} If a file is malformed.
 * @throws {RangeError} If a module or a pooling is not supported.
 *
 * @example
 * ```ts
 * import { FolderSource } from "@lsg/core/checkpoint";
 * import { readSentencePooling } from "./sentence_pooling.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const source = new FolderSource("tests/golden/pipelines/bert_sentences");
 * assertEquals(await readSentencePooling(source), { pooling: "mean", normalize: true });
 * ```
 */
export async function readSentencePooling(
  source: CheckpointSource,
): Promise<SentencePooling | undefined> {
  const text = await readText(source, "modules.json");
  if (text === undefined) return undefined;
  const name = `${source.name}/modules.json`;
  const modules = parseJson(text, name);
  if (!Array.isArray(modules) || !modules.every(isModule)) {
    throw new SyntaxError(`${name} must list modules, each with a type and a path`);
  }
  // The class name alone: its package has moved between versions.
  const kinds = modules.map(({ type }) => type.slice(type.lastIndexOf(".") + 1));
  const shape = kinds.join(", ");
  if (!/^Transformer(, Pooling(, Normalize)?)?$/.test(shape) || modules[0].path !== "") {
    throw new RangeError(
      `${name} lists the modules ${shape}: wanted Transformer, in no folder of its own, then ` +
        "optionally Pooling and Normalize",
    );
  }
  const pooling = modules[1] ? await readPooling(source, modules[1].path) : "none";
  return { pooling, normalize: modules.length === 3 };
}

function isModule(value: unknown): value is { type: string; path: string } {
  return isJsonObject(value) && typeof value.type === "string" && typeof value.path === "string";
}

async function readPooling(source: CheckpointSource, folder: string): Promise<Pooling> {
  const path = `${folder}/config.json`;
  const config = await readJsonObject(source, path) ?? {};
  const modes = Object.keys(config).filter((key) =>
    key.startsWith("pooling_mode_") && config[key] === true
  );
  const [mode] = modes;
  if (modes.length === 1 && Object.hasOwn(POOLINGS, mode)) return POOLINGS[mode];
  throw new RangeError(
    `${source.name}/${path} asks for ${modes.join(", ") || "no pooling_mode"}: wanted one of ` +
      Object.keys(POOLINGS).join(", "),
  );
}
