/**
 * How much memory rows of a decoder need, worked out before anything runs.
 *
 * @module
 */
import type { ModelConfig } from "../families/model_config.ts";
import type { GenerationRoom } from "./generation_memory.ts";

/** What a call asks for. */
export interface RowsDemand {
  /** Ids of all rows together, whose keys and values are kept. */
  readonly ids: number;
  /** Ids of which they are kept twice. */
  readonly near: number;
  /** Rows. */
  readonly rows: number;
  /** Most ids that are run together. */
  readonly piece: number;
}

/** Tensors of the hidden width that a layer holds at once. */
const LAYER_ROWS = 8;

/**
 * Asserts that keys, values and the scores of a step fit.
 *
 * @param config Config of a decoder.
 * @param demand What a call asks for.
 * @param room What the backend can hold.
 * @throws {RangeError} If they do not.
 */
export function assertRowsFit(
  config: ModelConfig,
  { ids, near, rows, piece }: RowsDemand,
  { limits, held, floatBytes }: GenerationRoom,
): void {
  const width = config.num_key_value_heads * config.head_dim;
  const inner = Math.max(config.hidden_size, config.intermediate_size);
  const cache = 2 * config.num_hidden_layers * (ids + near) * width * floatBytes;
  const step = (rows * config.vocab_size + LAYER_ROWS * piece * inner) * floatBytes;
  const largest = ids * width * floatBytes;
  if (held + cache + step <= limits.bytes && largest <= limits.tensorBytes) return;
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MB`;
  const reason = largest > limits.tensorBytes
    ? `a tensor of ${megabytes(largest)}, and the backend takes at most ` +
      `${megabytes(limits.tensorBytes)} in one`
    : `${megabytes(cache)} for keys and values and ${
      megabytes(step)
    } a step, and of the backend's ` +
      `${megabytes(limits.bytes)} the model and other tensors take ${megabytes(held)}`;
  throw new RangeError(
    `Cannot generate: ${rows} rows of together ${ids} ids need ${reason}; wanted shorter prompts, ` +
      "a smaller max_new_tokens, or fewer beams or prompts in a call",
  );
}
