/**
 * A pass through an encoder and its decoder.
 *
 * @module
 */
import { maskFirstTokens } from "../attention/lsg/lsg_pattern.ts";
import type { Decoder, ModelConfig } from "../families/families.ts";
import type { Backend, Floats } from "../ops/backend.ts";
import { withinRange } from "../ops/checks.ts";
import { type Encoder, type EncoderOutput, passesGlobalTokens } from "./encoder.ts";
import type { Encoded, PassOptions, TokenRows } from "./pass.ts";
import { decoderBatch, type TokenBatch } from "./inputs.ts";

/** An encoder, its decoder, and what they share. */
export interface EncoderDecoderParts {
  /** Backend that runs the operations. */
  readonly backend: Backend;
  /** The checkpoint's config. */
  readonly config: ModelConfig;
  /** The encoder. */
  readonly encoder: Encoder;
  /** The decoder. */
  readonly decoder: Encoder;
}

/** Outputs of both on their backend; the caller disposes of them. */
export interface Decoded extends Encoded {
  /** The encoder's outputs. */
  readonly encoded: Encoded;
}

/**
 * Runs the encoder, then the decoder on its output.
 *
 * @param parts Encoder, decoder, backend, config.
 * @param batch The encoder's ids and masks.
 * @param ids The decoder's ids and mask.
 * @param options Whether hidden states are kept; the callback after each layer; the signal.
 * @param wanted Tokens of the decoder whose rows are wanted; absent: all.
 * @returns Outputs of both.
 */
export async function runEncoderDecoder(
  { backend, config, encoder, decoder }: EncoderDecoderParts,
  batch: TokenBatch,
  ids: TokenBatch,
  options: PassOptions,
  wanted?: TokenRows,
): Promise<Decoded> {
  const [first, second] = [config.num_hidden_layers, config.decoder!.num_hidden_layers];
  const optionsFrom = (start: number): PassOptions => ({
    ...options,
    layer_callback: options.layer_callback &&
      (({ layer }) => options.layer_callback!({ layer: start + layer, layers: first + second })),
  });
  const encoded = await encoder.forward(batch, optionsFrom(0));
  let memory: EncoderOutput | undefined;
  try {
    memory = encoderOutput(backend, config, encoded.lastHiddenState, batch);
    return { encoded, ...await decoder.forward(ids, optionsFrom(first), wanted, memory) };
  } catch (error) {
    tensorsOf(encoded).forEach((tensor) => tensor.dispose());
    throw error;
  } finally {
    memory?.mask.dispose();
  }
}

/**
 * The output of an encoder and its mask, as a decoder attends to it.
 *
 * @param backend Backend of the rows.
 * @param config The checkpoint's config.
 * @param rows `[batch, rows, hidden_size]`: the encoder's output.
 * @param batch The encoder's masks.
 * @returns The rows with a new mask, which the caller disposes of: global tokens are visible.
 */
export function encoderOutput(
  backend: Backend,
  config: ModelConfig,
  rows: Floats,
  { batch, tokens, mask }: TokenBatch,
): EncoderOutput {
  const visible = config.lsg?.mask_first_token ? maskFirstTokens(mask, tokens) : mask;
  const globals = passesGlobalTokens(config) ? config.lsg!.num_global_tokens : 0;
  const all = new Int32Array(batch * (globals + tokens)).fill(1);
  for (let b = 0; b < batch; b++) {
    const row = visible.subarray(b * tokens, (b + 1) * tokens);
    all.set(row, b * (globals + tokens) + globals);
  }
  return { rows, mask: withinRange(backend.integers(all, [batch, globals + tokens]), 0, 1) };
}

/**
 * Lists the tensors of a pass.
 *
 * @param encoded The pass's outputs.
 * @returns Each tensor once.
 */
export function tensorsOf({ lastHiddenState, hiddenStates }: Encoded): Floats[] {
  return [...new Set([lastHiddenState, ...hiddenStates])];
}

/**
 * The decoder's ids where the caller gives none: a start token, then the encoder's ids without the
 * last.
 *
 * @param batch The encoder's ids.
 * @param config The checkpoint's config.
 * @param decoder The family's rule.
 * @returns Ids, all visible.
 * @throws {TypeError} If the family has no rule, or the config has no start token.
 */
export function shiftedIds(
  { batch, tokens, ids }: TokenBatch,
  config: ModelConfig,
  { start }: Decoder,
): TokenBatch {
  const shifted = new Int32Array(ids.length);
  for (let b = 0; b < batch; b++) {
    const row = ids.subarray(b * tokens, (b + 1) * tokens);
    const first = start === "last"
      ? row.findLast((id) => id !== config.pad_token_id)
      : start === "none"
      ? undefined
      : config.decoder_start_token_id ?? undefined;
    if (first === undefined) {
      throw new TypeError(
        `Cannot run the model without decoder_input_ids: ${config.model_type} has no first id of ` +
          (start === "last" ? `sequence ${b}, which is all padding` : "its own for its decoder"),
      );
    }
    shifted[b * tokens] = first;
    shifted.set(row.subarray(0, -1), b * tokens + 1);
  }
  return decoderBatch(shifted, [batch, tokens]);
}
