/**
 * How much memory a call of `generate` needs, worked out before anything runs.
 *
 * @module
 */
import { largest as longestOf } from "../base/largest.ts";
import type { ModelConfig } from "../families/model_config.ts";
import type { Backend, MemoryLimits } from "../ops/backend.ts";
import type { DataType } from "../tensor/data_type.ts";
import { passesGlobalTokens } from "./encoder.ts";

/** What a call asks for. */
export interface GenerationDemand {
  /** Tokens of each document, without padding. */
  readonly documents: readonly number[];
  /** Rows that continue each document: its beams, or its samples. */
  readonly beams: number;
  /** Most ids of a row, its start included. */
  readonly max_length: number;
  /** How keys and values of the documents are held; absent: like all other values. */
  readonly memory_dtype?: DataType;
}

/** How a backend stores numbers, and how many. */
export interface GenerationRoom {
  /** What the backend can hold. */
  readonly limits: MemoryLimits;
  /** Bytes that it holds before the call: the model's weights, and the caller's tensors. */
  readonly held: number;
  /** Bytes of a value that is not a weight: 4, or on `webgpu` with `fp16` 2. */
  readonly floatBytes: number;
}

/**
 * Asks a backend what it can hold.
 *
 * @param backend The backend, with the model's weights.
 * @returns What a call has room for.
 */
export function generationRoom(backend: Backend): GenerationRoom {
  return {
    limits: backend.limits,
    held: backend.memory().bytes,
    floatBytes: backend.name === "webgpu" && backend.dtype === "fp16" ? 2 : 4,
  };
}

/** Bytes that a call needs, beside those held before. */
export interface GenerationMemory {
  /** Keys and values of all documents, for each layer of the decoder. */
  readonly documents: number;
  /** Keys and values of all rows. */
  readonly rows: number;
  /** Scores of a step, and the slots that its rows see. */
  readonly step: number;
  /** The most that encoding needs at once, documents encoded before included. */
  readonly encoding: number;
  /** The most that is needed at once. */
  readonly peak: number;
  /** The largest tensor that cannot be split. */
  readonly largest: number;
}

/** Part of a memory that is left between tensors. */
const GAPS = 1 / 32;

/**
 * Works out the memory of a call.
 *
 * Documents are encoded one by one; each leaves a key and a value a token, layer and width of the
 * decoder, which its rows share. Rows write theirs into a cache of `rows · max_length`.
 *
 * @param config Config of an encoder-decoder, with its own attention.
 * @param demand What the call asks for.
 * @param floatBytes Bytes of a value that is not a weight.
 * @returns Bytes, by purpose.
 */
export function generationMemory(
  config: ModelConfig,
  { documents, beams, max_length: length, memory_dtype: dtype }: GenerationDemand,
  floatBytes = 4,
): GenerationMemory {
  const { hidden_size: width, vocab_size: words, lsg } = config;
  const { num_hidden_layers: layers, num_attention_heads: heads } = config.decoder!;
  const globals = lsg?.num_global_tokens ?? 0;
  const seenGlobals = passesGlobalTokens(config) ? globals : 0;
  const valueBytes = memoryBytes(dtype, heads, width / heads, floatBytes);
  let done = 0;
  let encoding = 0;
  for (const tokens of documents) {
    const row = (globals + tokens) * width * floatBytes;
    const integers = 4 * MASKS * (globals + tokens);
    const pass = done + encoderTensors(config) * row;
    // A layer's keys and values are projected before they are rounded.
    const projecting = dtype === undefined || dtype === "fp32" ? row : 3 * row;
    done += 2 * layers * (seenGlobals + tokens) * width * valueBytes;
    encoding = Math.max(encoding, pass + integers, done + projecting + integers);
  }
  const longest = longestOf(documents);
  const slots = documents.length * beams * length;
  const rows = 2 * layers * slots * width * floatBytes;
  const count = documents.length * beams;
  const step = count * (words + STEP_ROWS * width) * floatBytes + 4 * count * length;
  return {
    documents: done,
    rows,
    step,
    encoding,
    peak: Math.max(encoding, done + rows + step),
    largest: width * Math.max(
      (globals + longest) * floatBytes,
      slots * floatBytes,
      (seenGlobals + longest) * valueBytes,
    ),
  };
}

/** Integers a token that a pass holds: ids, positions, masks. */
const MASKS = 8;

/** Tensors of a row inside a layer of the decoder. */
const STEP_ROWS = 8;

/** Tensors of all rows that a layer of the encoder holds at once. */
function encoderTensors({ lsg, attention_window }: ModelConfig): number {
  // Input, query, key, value, output.
  const plain = 5;
  // Keys and values of the sparse list.
  if (lsg && lsg.sparsity_type !== "none") return plain + 2 / lsg.sparsity_factor;
  // Keys and values of the second projections, and the output with the global rows.
  return attention_window ? plain + 3 : plain;
}

/**
 * Bytes of a value of the documents' keys and values; with `q8` heads, in whole vectors of 16, have a
 * step each, and rows are whole lines of the cache.
 */
function memoryBytes(
  dtype: DataType | undefined,
  heads: number,
  headWidth: number,
  floatBytes: number,
): number {
  if (dtype === "q8") {
    const row = heads * (Math.ceil(headWidth / 16) * 16 + 4);
    return Math.ceil(row / 64) * 64 / (heads * headWidth);
  }
  return dtype === "fp16" ? 2 : floatBytes;
}

/**
 * Asserts that a call fits.
 *
 * @param config Config of an encoder-decoder.
 * @param demand What the call asks for.
 * @param room What the backend can hold.
 * @param memoryDtypes Other data types in which keys and values of the documents can be held.
 * @throws {RangeError} If it does not; the message says what would.
 */
export function assertGenerationFits(
  config: ModelConfig,
  demand: GenerationDemand,
  room: GenerationRoom,
  memoryDtypes: readonly DataType[] = [],
): void {
  const { limits, held, floatBytes } = room;
  const fits = (changed: Partial<GenerationDemand>) =>
    isWithin(generationMemory(config, { ...demand, ...changed }, floatBytes), room);
  if (fits({})) return;
  const { documents, beams, max_length: length } = demand;
  const need = generationMemory(config, demand, floatBytes);
  const longest = `${longestOf(documents)} tokens`;
  const texts = documents.length === 1
    ? `1 document of ${longest}`
    : `${documents.length} documents of at most ${longest}`;
  const isTensor = need.largest > limits.tensorBytes;
  const reason = isTensor
    ? `need a tensor of ${megabytes(need.largest)}, and the backend takes at most ` +
      `${megabytes(limits.tensorBytes)} in one`
    : `need ${megabytes(need.peak)} (${megabytes(need.documents)} keys and values of the ` +
      `documents, ${megabytes(need.rows)} of the rows, ${megabytes(need.step)} a step; ` +
      `${megabytes(need.encoding)} while encoding), and of the backend's ` +
      `${megabytes(limits.bytes)} the model and other tensors take ${megabytes(held)}`;
  throw new RangeError(
    `Cannot generate: ${texts} with ${beams === 1 ? "1 row" : `${beams} rows`} each of up to ` +
      `${length} ids ${reason}. ` +
      describeChanges(demand, fits, memoryDtypes),
  );
}

function isWithin({ peak, largest }: GenerationMemory, { limits, held }: GenerationRoom): boolean {
  return held + peak <= limits.bytes * (1 - GAPS) && largest <= limits.tensorBytes;
}

/** Says which change alone is enough, or which combination. */
function describeChanges(
  { documents, beams, max_length: length, memory_dtype }: GenerationDemand,
  fits: (changed: Partial<GenerationDemand>) => boolean,
  memoryDtypes: readonly DataType[],
): string {
  const shorten = (tokens: number) => documents.map((count) => Math.min(count, tokens));
  const first = (count: number) => documents.slice(0, count);
  const dtype = memoryDtypes.find((dtype) =>
    dtype !== memory_dtype && fits({ memory_dtype: dtype })
  );
  const changes: [number | DataType | undefined, (value: number | DataType) => string][] = [
    [dtype, (dtype) => `keys and values of the documents in ${dtype}`],
    [
      largest(documents.length - 1, (count) => fits({ documents: first(count) })),
      (count) => `${count} of the documents in a call`,
    ],
    [
      largest(longestOf(documents) - 1, (tokens) => fits({ documents: shorten(tokens) })),
      (tokens) => `documents of at most ${tokens} tokens`,
    ],
    [
      largest(beams - 1, (beams) => fits({ beams })),
      (beams) => `num_beams or num_return_sequences ${beams}`,
    ],
    [
      largest(length - 1, (max_length) => fits({ max_length })),
      (length) => `max_length ${length}`,
    ],
  ];
  const enough = changes.flatMap(([value, describe]) => value === undefined ? [] : describe(value));
  if (enough.length > 0) return `What would fit: ${enough.join(", or ")}`;
  const smallest = memoryDtypes.at(-1) ?? memory_dtype;
  const least = { documents: first(1), beams: 1, memory_dtype: smallest };
  const tokens = largest(
    documents[0] ?? 0,
    (tokens) => fits({ ...least, documents: [Math.min(tokens, documents[0])] }),
  );
  if (tokens === undefined) {
    return "Not even one document with one beam would fit: wanted a smaller model";
  }
  const inType = smallest ? `, keys and values of the document in ${smallest}` : "";
  return `What would fit: one document of at most ${tokens} tokens with num_beams 1${inType}`;
}

/** The largest number from 1 to `most` that fits; undefined if there is none. What fits is monotonous. */
function largest(most: number, fits: (value: number) => boolean): number | undefined {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low > 0 ? low : undefined;
}

function megabytes(bytes: number): string {
  return bytes === Infinity ? "unlimited memory" : `${Math.ceil(bytes / 2 ** 20)} MB`;
}
