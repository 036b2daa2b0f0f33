/**
 * Layers that sentence-transformers checkpoints apply to pooled vectors.
 *
 * @module
 */
import { erf } from "../base/erf.ts";
import { showValue } from "../base/show_value.ts";
import { KeyReader } from "../checkpoint/key_reader.ts";
import { openWeights } from "../checkpoint/open_weights.ts";
import { type CheckpointSource, readJsonObject } from "../checkpoint/source.ts";
import { normalizeRows } from "./pool.ts";

/** A layer that is applied to a vector. */
export interface SentenceLayer {
  /** Name for messages. */
  readonly name: string;
  /** Width of the vectors that it takes; absent: any. */
  readonly inputs?: number;
  /** Width of the vectors that it makes; absent: that of its inputs. */
  readonly outputs?: number;
  /** Computes `[outputs]` of `[inputs]`. */
  apply(vector: Float32Array): Float32Array;
}

/** Functions of PyTorch, by the names of their classes, with the defaults of their settings. */
const ACTIVATIONS: Readonly<Record<string, (x: number) => number>> = {
  Identity: (x) => x,
  Tanh: Math.tanh,
  ReLU: (x) => Math.max(0, x),
  GELU: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  SiLU: (x) => x / (1 + Math.exp(-x)),
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
};

/** Normalizes a vector to the Euclidean length 1. */
export const NORMALIZE: SentenceLayer = {
  name: "Normalize",
  apply: (vector) => normalizeRows(vector, vector.length),
};

/** Leaves vectors as they are: Dropout, which only training applies. */
const IDENTITY: SentenceLayer = { name: "Dropout", apply: (vector) => vector };

/** What LayerNorm adds to the variance, PyTorch's default: the module has no setting for it. */
const EPSILON = 1e-5;

/** Modules that may follow the pooling, by the names of their classes. */
const readers: Readonly<Record<string, (source: CheckpointSource) => Promise<SentenceLayer>>> = {
  Dense: readDense,
  LayerNorm: readLayerNorm,
  Normalize: () => Promise.resolve(NORMALIZE),
  Dropout: () => Promise.resolve(IDENTITY),
};

/** Names of the modules that {@linkcode readLayer} reads. */
export const LAYERS: readonly string[] = Object.keys(readers);

/**
 * Reads a module that follows the pooling.
 *
 * @param kind The name of its class, one of {@linkcode LAYERS}.
 * @param source The module's folder.
 * @returns The layer.
 * @throws {RangeError | TypeError | SyntaxError} If a file is missing or malformed, or a setting is
 * not supported.
 */
export async function readLayer(kind: string, source: CheckpointSource): Promise<SentenceLayer> {
  return await readers[kind](source);
}

/**
 * Reads a Dense module, `config.json` and the weights beside it: a matrix, a bias and an activation
 * function; for `use_residual` plus its input.
 */
async function readDense(source: CheckpointSource): Promise<SentenceLayer> {
  const { name } = source;
  const raw = await readJsonObject(source, "config.json");
  if (raw === undefined) throw new RangeError(`${name} has no config.json: wanted that of a Dense`);
  const keys = new KeyReader(`${name}/config.json`, raw, {
    bias: true,
    activation_function: "torch.nn.modules.activation.Tanh",
    use_residual: false,
    module_input_name: "sentence_embedding",
  });
  const [inputs, outputs] = [keys.integer("in_features", 1), keys.integer("out_features", 1)];
  const activate = activationOf(name, String(keys.value("activation_function")));
  const input = keys.oneOf("module_input_name", ["sentence_embedding"]);
  const output = keys.value("module_output_name") ?? input;
  if (output !== input) {
    throw new RangeError(`${name}/config.json: module_output_name must be ${input} or absent`);
  }
  const load = await openTensors(source);
  const matrix = await load("linear.weight", [outputs, inputs]);
  const bias = keys.boolean("bias") ? await load("linear.bias", [outputs]) : undefined;
  const hasResidual = keys.boolean("use_residual");
  const residual = hasResidual && inputs !== outputs
    ? await load("residual.weight", [outputs, inputs])
    : undefined;
  const apply = (vector: Float32Array) =>
    Float32Array.from({ length: outputs }, (_, row) => {
      const value = activate(dot(matrix, row, vector) + (bias?.[row] ?? 0));
      if (!hasResidual) return value;
      return value + (residual ? dot(residual, row, vector) : vector[row]);
    });
  return { name, inputs, outputs, apply };
}

/** Reads a LayerNorm module: `config.json` and the weights beside it. */
async function readLayerNorm(source: CheckpointSource): Promise<SentenceLayer> {
  const { name } = source;
  const raw = await readJsonObject(source, "config.json");
  if (raw === undefined) {
    throw new RangeError(`${name} has no config.json: wanted that of a LayerNorm`);
  }
  const width = new KeyReader(`${name}/config.json`, raw, {}).integer("dimension", 1);
  const load = await openTensors(source);
  const [weight, bias] = [await load("norm.weight", [width]), await load("norm.bias", [width])];
  const apply = (vector: Float32Array) => {
    const mean = vector.reduce((sum, value) => sum + value, 0) / width;
    const variance = vector.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
    const deviation = Math.sqrt(variance + EPSILON);
    return vector.map((value, i) => (value - mean) / deviation * weight[i] + bias[i]);
  };
  return { name, inputs: width, outputs: width, apply };
}

/** Opens a module's weights; the function returned loads a tensor of a wanted shape. */
async function openTensors(
  source: CheckpointSource,
): Promise<(tensor: string, dims: readonly number[]) => Promise<Float32Array>> {
  const { name } = source;
  const weights = await openWeights(source);
  return (tensor, dims) => {
    const given = weights.has(tensor) ? `[${weights.dims(tensor)}]` : "no such tensor";
    if (given === `[${dims}]`) return weights.load(tensor);
    throw new RangeError(`${name}: ${tensor} must have the shape [${dims}], got ${given}`);
  };
}

/** The product of a row of a matrix with a vector. */
function dot(matrix: Float32Array, row: number, vector: Float32Array): number {
  const start = row * vector.length;
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += matrix[start + i] * vector[i];
  return sum;
}

function activationOf(name: string, path: string): (x: number) => number {
  const [, className = ""] = /^torch\.nn\.(?:modules\.\w+\.)?(\w+)$/.exec(path) ?? [];
  if (Object.hasOwn(ACTIVATIONS, className)) return ACTIVATIONS[className];
  throw new RangeError(
    `${name}/config.json asks for the activation_function ${showValue(path)}: wanted one of ` +
      `torch.nn's ${Object.keys(ACTIVATIONS).join(", ")}`,
  );
}
