/**
 * Embeddings as configured by a sentence-transformers checkpoint.
 *
 * @module
 */
import { isJsonObject, parseJson } from "../base/json.ts";
import { showValue } from "../base/show_value.ts";
import { KeyReader } from "../checkpoint/key_reader.ts";
import { type CheckpointSource, readJsonObject, readText } from "../checkpoint/source.ts";
import { type Pooling, POOLINGS } from "./pool.ts";
import { readPrompts, readTransformer } from "./read_sentence_texts.ts";
import { LAYERS, NORMALIZE, readLayer, type SentenceLayer } from "./sentence_layer.ts";
import type { SentenceTexts } from "./sentence_texts.ts";

/** How texts become vectors: the modules of a sentence-transformers checkpoint. */
export interface SentencePooling extends SentenceTexts {
  /** Pooling of the rows, or several whose vectors are joined. */
  readonly pooling: Pooling | readonly Pooling[];
  /** Whether rows of a prompt are pooled too; true if absent. */
  readonly include_prompt?: boolean;
  /** Layers that pooled vectors go through. */
  readonly layers?: readonly SentenceLayer[];
  /** Whether vectors are normalized to length 1 in the end. */
  readonly normalize: boolean;
}

/** Settings, and where the model is. */
export interface SentenceTransformer {
  /** How texts become vectors. */
  readonly settings: SentencePooling;
  /** The files of the model and its tokenizer. */
  readonly source: CheckpointSource;
}

/** Keys of old versions, in the order in which they join several poolings. */
const OLD_KEYS: Readonly<Record<string, Pooling>> = {
  pooling_mode_cls_token: "cls",
  pooling_mode_max_tokens: "max",
  pooling_mode_mean_tokens: "mean",
  pooling_mode_mean_sqrt_len_tokens: "mean_sqrt_len_tokens",
  pooling_mode_weightedmean_tokens: "weightedmean",
  pooling_mode_lasttoken: "lasttoken",
};

const WANTED = `Transformer, then optionally Pooling, and after it ${LAYERS.join(", ")}`;

const ORDER = new RegExp(`^Transformer(,Pooling(,(${LAYERS.join("|")}))*)?$`);

/**
 * Reads `modules.json`, the settings of its modules, and the prompts.
 *
 * @param source The checkpoint.
 * @returns How texts become vectors; undefined if there is no `modules.json`.
 * @throws {SyntaxError | TypeError} If a file is malformed.
 * @throws {RangeError} If a module or a setting is not supported.
 */
export async function readSentenceTransformer(
  source: CheckpointSource,
): Promise<SentenceTransformer | undefined> {
  const text = await readText(source, "modules.json");
  if (text === undefined) return undefined;
  const name = `${source.name}/modules.json`;
  const modules = parseJson(text, name);
  if (!Array.isArray(modules) || !modules.every(isModule)) {
    throw new SyntaxError(`${name} must list modules, each with a type and a path`);
  }
  // The class name alone: its package has moved between versions.
  const kinds = modules.map(({ type }) => type.slice(type.lastIndexOf(".") + 1));
  if (!ORDER.test(kinds.join())) {
    throw new RangeError(
      `${name} lists the modules ${showValue(kinds.join(", "))}: wanted ${WANTED}`,
    );
  }
  const [transformer, pooling, ...others] = modules.map(({ path }) => folderOf(source, path));
  const layers = await Promise.all(
    others.map((folder, i) => readLayer(kinds[i + 2], folder)),
  );
  // A call can do without normalization in the end, not without what comes before.
  const last = layers.findLastIndex((layer) => layer !== NORMALIZE);
  const settings: SentencePooling = {
    strip: true,
    ...await readTransformer(transformer),
    ...await readPrompts(source),
    ...(pooling ? await readPooling(pooling) : { pooling: "none" as const }),
    layers: layers.slice(0, last + 1),
    normalize: last + 1 < layers.length,
  };
  return { settings, source: transformer };
}

function isModule(value: unknown): value is { type: string; path: string } {
  return isJsonObject(value) && typeof value.type === "string" && typeof value.path === "string";
}

/** The files of a module. */
function folderOf(source: CheckpointSource, path: string): CheckpointSource {
  const folder = path.split("/").filter((part) => part !== "" && part !== ".").join("/");
  if (folder === "") return source;
  return {
    name: `${source.name}/${folder}`,
    open: (fileName) => source.open(`${folder}/${fileName}`),
  };
}

async function readPooling(
  source: CheckpointSource,
): Promise<Pick<SentencePooling, "pooling" | "include_prompt">> {
  const name = `${source.name}/config.json`;
  const raw = await readJsonObject(source, "config.json");
  if (raw === undefined) throw new RangeError(`${name} does not exist: wanted that of a Pooling`);
  const include_prompt = new KeyReader(name, raw, { include_prompt: true }).boolean(
    "include_prompt",
  );
  const asked = poolingsAskedFor(raw);
  const known = POOLINGS.filter((pooling) => pooling !== "none");
  const poolings = asked.filter((mode) => known.includes(mode as typeof known[number]));
  if (asked.length === 0 || poolings.length < asked.length) {
    throw new RangeError(
      `${name} asks for the pooling ${showValue(asked.join(", "))}: wanted ${known.join(", ")}, ` +
        "or several of them",
    );
  }
  const [pooling] = poolings as Pooling[];
  return { pooling: poolings.length === 1 ? pooling : poolings as Pooling[], include_prompt };
}

/** Names of poolings, as given. */
function poolingsAskedFor(raw: Readonly<Record<string, unknown>>): unknown[] {
  if (raw.pooling_mode !== undefined) return [raw.pooling_mode].flat();
  const asked = Object.keys(raw).filter((key) =>
    key.startsWith("pooling_mode_") && raw[key] === true && !Object.hasOwn(OLD_KEYS, key)
  );
  const old = Object.keys(OLD_KEYS).filter((key) => raw[key] === true).map((key) => OLD_KEYS[key]);
  const all = [...asked, ...old];
  return all.length > 0 ? all : ["mean"];
}
