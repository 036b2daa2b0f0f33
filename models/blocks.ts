/**
 * Blocks that models are built of: operations with their weights.
 *
 * @module
 */
import type { Family, FeedForwardNames, ModelConfig } from "../families/families.ts";
import type { ActivationName, Backend, Dense, Floats } from "../ops/backend.ts";
import { nextDropout } from "../ops/dropout.ts";
import { writeRows } from "../ops/write_rows.ts";
import { dropOut, dropoutRate, dropped } from "./dropout.ts";
import type { Parameters } from "./parameters.ts";

/** A model's weights on a backend, and how they are put together. */
export interface BlockParts {
  /** Backend that runs the operations. */
  readonly backend: Backend;
  /** The weights, under the bare model's names. */
  readonly parameters: Parameters;
  /** The checkpoint's config. */
  readonly config: ModelConfig;
  /** The architecture. */
  readonly family: Family;
}

/**
 * A linear layer with the weights `name.weight` and, if the family's have one, `name.bias`.
 *
 * @param parts Backend, weights, family.
 * @param name The layer's name.
 * @param x `[batch, rows, inputs]`.
 * @param activation Applied to each value.
 * @returns `[batch, rows, outputs]`.
 */
export function linear(
  parts: BlockParts,
  name: string,
  x: Floats,
  activation?: ActivationName,
): Floats {
  return runLinear(parts, name, weights(parts, name), x, activation);
}

/**
 * A linear layer with the given weights, and the adapter that the parameters have for it.
 *
 * @param parts Backend and adapters.
 * @param name The layer's name.
 * @param dense Its weights.
 * @param x `[batch, rows, inputs]`.
 * @param activation Applied to each value.
 * @returns `[batch, rows, outputs]`.
 */
export function runLinear(
  { backend, parameters }: Pick<BlockParts, "backend" | "parameters">,
  name: string,
  { weight, bias }: Dense,
  x: Floats,
  activation?: ActivationName,
): Floats {
  const adapter = parameters.adapters.get(name);
  if (!adapter) return backend.linear(x, weight, bias, activation);
  return backend.scope(() => {
    const input = dropped(backend, nextDropout(backend, adapter.dropout), x);
    const rows = backend.linear(input, adapter.down);
    const scaled = adapter.scale ? backend.linear(rows, adapter.scale) : rows;
    const sum = backend.add(backend.linear(x, weight, bias), backend.linear(scaled, adapter.up));
    return activation ? backend.activation(sum, activation) : sum;
  });
}

/**
 * Linear layers with the config's activation: `down(act(up(x)))`, or with a gate
 * `down(act(gate(x)) · up(x))`.
 *
 * @param parts Backend, weights, config, family.
 * @param names The layers' names.
 * @param x `[batch, rows, width]`.
 * @returns `[batch, rows, width]`.
 */
export function feedForward(
  parts: BlockParts,
  { gate, up, down }: Pick<FeedForwardNames, "gate" | "up" | "down">,
  x: Floats,
): Floats {
  const { backend, parameters: { adapters }, config: { hidden_act: activation } } = parts;
  const inside = nextDropout(backend, dropoutRate(parts, "activation"));
  return backend.scope(() => {
    if (!gate && !inside && !adapters.has(up) && !adapters.has(down)) {
      const layers = [weights(parts, up), activation, weights(parts, down)] as const;
      return dropOut(parts, "feedForward", backend.feedForward(x, ...layers));
    }
    const layers = (rows: Floats) => {
      const inner = backend.scope(() => {
        if (gate === up) {
          const [first, second] = backend.scope(() =>
            splitColumns(backend, linear(parts, up, rows), 2)
          );
          return dropped(
            backend,
            inside,
            backend.multiply(backend.activation(first, activation), second),
          );
        }
        const active = linear(parts, gate ?? up, rows, activation);
        const gated = gate ? backend.multiply(active, linear(parts, up, rows)) : active;
        return dropped(backend, inside, gated);
      });
      return linear(parts, down, inner);
    };
    // Gradients would be added up piece by piece, and keep the inner rows anyway.
    const output = backend.dropoutKey ? layers(x) : inPieces(backend, x, layers);
    return dropOut(parts, "feedForward", output);
  });
}

/** Most rows of a piece: all inner rows of a long text would take more memory than its attention. */
const PIECE = 2048;

/** Runs layers whose rows do not depend on each other over pieces of x, `[batch, rows, width]`. */
function inPieces(backend: Backend, x: Floats, layers: (rows: Floats) => Floats): Floats {
  const [batch, rows, width] = x.dims;
  const count = batch * rows;
  const pieces = Math.ceil(count / PIECE);
  if (pieces <= 1) return layers(x);
  const all = x.reshape([1, count, width]);
  const output = backend.empty([1, count, width]);
  for (let piece = 0; piece < pieces; piece++) {
    backend.scope(() => {
      const [first, end] = [piece, piece + 1].map((n) => Math.floor(n * count / pieces));
      const numbers = Int32Array.from({ length: end - first }, (_, i) => first + i);
      const index = backend.integers(numbers, [1, end - first]);
      backend.run(writeRows, output, index, layers(backend.gatherRows(all, index)));
      return [];
    });
  }
  return output.reshape(x.dims);
}

/**
 * Splits columns in parts of equal width.
 *
 * @param backend Backend that runs the operations.
 * @param x `[batch, rows, width]`.
 * @param count How many parts.
 * @param unit How many columns of a part follow each other, before as many of the next; absent: all.
 * @returns The parts, `[batch, rows, width/count]` each.
 */
export function splitColumns(
  backend: Backend,
  x: Floats,
  count: number,
  unit: number = x.dims[2] / count,
): Floats[] {
  const [batch, rows, width] = x.dims;
  const places = rows * width / (unit * count);
  const all = x.reshape([batch, places * count, unit]);
  return Array.from({ length: count }, (_, part) => {
    const index = Int32Array.from({ length: places }, (_, i) => count * i + part);
    const picked = backend.gatherRows(all, backend.integers(index, [1, places]));
    return picked.reshape([batch, rows, width / count]);
  });
}

/**
 * The family's norm with the weights `name.weight` and, if its norms have one, `name.bias`.
 *
 * @param parts Backend, weights, config, family.
 * @param name The norm's name.
 * @param x `[batch, rows, width]`.
 * @param residual Added to x before the norm.
 * @returns `[batch, rows, width]`.
 */
export function norm(parts: BlockParts, name: string, x: Floats, residual?: Floats): Floats {
  const { backend, parameters, config: { layer_norm_eps: epsilon }, family } = parts;
  if (family.normKind === "rms") {
    return backend.rmsNorm(x, parameters.get(`${name}.weight`), epsilon, residual);
  }
  const { weight, bias } = weights(parts, name);
  return backend.scope(() => {
    const shift = bias ?? backend.floats(new Float32Array(weight.size), weight.dims);
    return backend.layerNorm(x, weight, shift, epsilon, residual);
  });
}

function weights({ parameters, config, family }: BlockParts, name: string): Dense {
  return parameters.pair(name, family.hasBias(name, config));
}
