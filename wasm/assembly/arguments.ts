/**
 * The arguments of the kernels.
 *
 * Made by `deno task build:wasm` from the definitions in wasm/; do not edit.
 */

export const enum Activation {
  none,
  gelu,
  gelu_new,
  laplace,
  leaky_relu,
  mish,
  quick_gelu,
  relu,
  relu2,
  relu6,
  sigmoid,
  silu,
  tanh,
}

export const enum FeatureMap {
  none,
  elu,
  softmax,
  random,
}

export const enum Sweep {
  none,
  query,
  key,
  all,
}

export const enum Selection {
  none,
  norm,
  stride,
  block_stride,
  pooling,
  bos_pooling,
  lsh,
}

// @ts-ignore: decorator
@unmanaged
export class ActivationArguments {
  x: usize;
  y: usize;
  count: i32;
  /** Of Activation. */
  name: i32;
}

// @ts-ignore: decorator
@unmanaged
export class ActivationGradientArguments {
  dy: usize;
  x: usize;
  dx: usize;
  count: i32;
  /** Of Activation. */
  name: i32;
}

// @ts-ignore: decorator
@unmanaged
export class AdamWArguments {
  parameter: usize;
  gradient: usize;
  first: usize;
  second: usize;
  count: i32;
  factor: f64;
  kept: f64;
  beta1: f64;
  beta2: f64;
  size: f64;
  root: f64;
  epsilon: f64;
}

// @ts-ignore: decorator
@unmanaged
export class AddArguments {
  x: usize;
  y: usize;
  result: usize;
  count: i32;
  repeat: i32;
}

// @ts-ignore: decorator
@unmanaged
export class AddToRowsArguments {
  y: usize;
  order: usize;
  starts: usize;
  result: usize;
  rows: i32;
  width: i32;
  scale: f32;
  adds: i32;
  isPacked: i32;
}

// @ts-ignore: decorator
@unmanaged
export class Span {
  block: i32;
  stride: i32;
  start: i32;
  end: i32;
  causal: i32;
}

// @ts-ignore: decorator
@unmanaged
export class Source {
  query: usize;
  keys: usize;
  values: usize;
  rows: i32;
  first: i32;
  count: i32;
  number: i32;
  size: i32;
  valueSize: i32;
  mask: usize;
  isPerHead: i32;
  /** Number of items of Span that follow. */
  spans: i32;
}

// @ts-ignore: decorator
@unmanaged
export class Part {
  first: i32;
  count: i32;
  position: i32;
  moves: i32;
  rounds: i32;
  chunks: i32;
  partials: usize;
  /** Number of items of Source that follow. */
  sources: i32;
}

// @ts-ignore: decorator
@unmanaged
export class AttendArguments {
  query: usize;
  y: usize;
  logSum: usize;
  queryMask: usize;
  batch: i32;
  rows: i32;
  heads: i32;
  width: i32;
  keyHeads: i32;
  scale: f32;
  dropKey: i32;
  threshold: i32;
  dropFactor: f32;
  tile: i32;
  merges: i32;
  /** Number of items of Part that follow. */
  parts: i32;
}

// @ts-ignore: decorator
@unmanaged
export class AttendCachedArguments {
  query: usize;
  keys: usize;
  values: usize;
  seen: usize;
  y: usize;
  batch: i32;
  rows: i32;
  capacity: i32;
  listed: i32;
  indices: i32;
  heads: i32;
  width: i32;
  keyHeads: i32;
  scale: f32;
  chunks: i32;
  partials: usize;
  merges: i32;
}

// @ts-ignore: decorator
@unmanaged
export class AttendFeaturesArguments {
  /** Of FeatureMap. */
  map: i32;
  query: usize;
  key: usize;
  value: usize;
  mask: usize;
  projection: usize;
  y: usize;
  scratch: usize;
  scratchBytes: i32;
  batch: i32;
  tokens: i32;
  heads: i32;
  width: i32;
  features: i32;
}

// @ts-ignore: decorator
@unmanaged
export class GradientSource {
  query: usize;
  keys: usize;
  values: usize;
  keysGradient: usize;
  valuesGradient: usize;
  rows: i32;
  first: i32;
  count: i32;
  number: i32;
  mask: usize;
  isPerHead: i32;
  /** Number of items of Span that follow. */
  spans: i32;
}

// @ts-ignore: decorator
@unmanaged
export class GradientPart {
  first: i32;
  count: i32;
  position: i32;
  moves: i32;
  /** Number of items of GradientSource that follow. */
  sources: i32;
}

// @ts-ignore: decorator
@unmanaged
export class AttendGradientArguments {
  /** Of Sweep. */
  sweep: i32;
  dy: usize;
  query: usize;
  logSum: usize;
  inner: usize;
  queryGradient: usize;
  batch: i32;
  rows: i32;
  heads: i32;
  width: i32;
  keyHeads: i32;
  scale: f32;
  dropKey: i32;
  threshold: i32;
  dropFactor: f32;
  tile: i32;
  /** Number of items of GradientPart that follow. */
  parts: i32;
}

// @ts-ignore: decorator
@unmanaged
export class AttendHashedArguments {
  query: usize;
  value: usize;
  mask: usize;
  projection: usize;
  y: usize;
  scratch: usize;
  scratchBytes: i32;
  batch: i32;
  tokens: i32;
  heads: i32;
  width: i32;
  columns: i32;
  chunk: i32;
}

// @ts-ignore: decorator
@unmanaged
export class ConcatRowsArguments {
  x: usize;
  y: usize;
  result: usize;
  batch: i32;
  xRows: i32;
  yRows: i32;
  width: i32;
  isShared: i32;
}

// @ts-ignore: decorator
@unmanaged
export class DropoutArguments {
  x: usize;
  y: usize;
  count: i32;
  key: i32;
  threshold: i32;
  factor: f32;
}

// @ts-ignore: decorator
@unmanaged
export class Lookup {
  ids: usize;
  count: i32;
  table: usize;
  size: i32;
  scale: f32;
}

// @ts-ignore: decorator
@unmanaged
export class EmbedArguments {
  y: usize;
  batch: i32;
  tokens: i32;
  width: i32;
  /** Number of items of Lookup that follow. */
  lookups: i32;
}

// @ts-ignore: decorator
@unmanaged
export class FeedForwardArguments {
  x: usize;
  up: usize;
  upBias: usize;
  down: usize;
  downBias: usize;
  y: usize;
  rows: i32;
  inputs: i32;
  inner: i32;
  outputs: i32;
  /** Of Activation. */
  activation: i32;
  size: i32;
}

// @ts-ignore: decorator
@unmanaged
export class GatherRowsArguments {
  x: usize;
  index: usize;
  y: usize;
  batch: i32;
  rows: i32;
  picked: i32;
  width: i32;
  indices: i32;
}

// @ts-ignore: decorator
@unmanaged
export class HalveArguments {
  from: usize;
  to: usize;
  count: i32;
  widens: i32;
}

// @ts-ignore: decorator
@unmanaged
export class HeadProductsArguments {
  x: usize;
  y: usize;
  result: usize;
  count: i32;
  width: i32;
}

// @ts-ignore: decorator
@unmanaged
export class LayerNormArguments {
  x: usize;
  weight: usize;
  bias: usize;
  residual: usize;
  y: usize;
  rows: i32;
  width: i32;
  epsilon: f32;
}

// @ts-ignore: decorator
@unmanaged
export class LinearArguments {
  x: usize;
  weight: usize;
  bias: usize;
  y: usize;
  rows: i32;
  inputs: i32;
  outputs: i32;
  /** Of Activation. */
  activation: i32;
  size: i32;
}

// @ts-ignore: decorator
@unmanaged
export class LinearInputsArguments {
  dy: usize;
  weight: usize;
  dx: usize;
  rows: i32;
  inputs: i32;
  outputs: i32;
  size: i32;
}

// @ts-ignore: decorator
@unmanaged
export class MultiplyArguments {
  x: usize;
  y: usize;
  result: usize;
  count: i32;
}

// @ts-ignore: decorator
@unmanaged
export class NormGradientArguments {
  dy: usize;
  x: usize;
  weight: usize;
  dx: usize;
  rows: i32;
  width: i32;
  epsilon: f64;
  isCentred: i32;
}

// @ts-ignore: decorator
@unmanaged
export class QuantizeHeadsArguments {
  from: usize;
  mean: usize;
  to: usize;
  batch: i32;
  rows: i32;
  heads: i32;
  width: i32;
  widens: i32;
}

// @ts-ignore: decorator
@unmanaged
export class RmsNormArguments {
  x: usize;
  weight: usize;
  residual: usize;
  y: usize;
  rows: i32;
  width: i32;
  epsilon: f64;
}

// @ts-ignore: decorator
@unmanaged
export class RotateArguments {
  x: usize;
  turns: usize;
  y: usize;
  rows: i32;
  turnRows: i32;
  heads: i32;
  width: i32;
  pairs: i32;
  sign: f32;
}

// @ts-ignore: decorator
@unmanaged
export class ScatterRowsArguments {
  x: usize;
  index: usize;
  y: usize;
  result: usize;
  batch: i32;
  rows: i32;
  picked: i32;
  width: i32;
}

// @ts-ignore: decorator
@unmanaged
export class Projection {
  address: usize;
}

// @ts-ignore: decorator
@unmanaged
export class SelectArguments {
  /** Of Selection. */
  type: i32;
  keys: usize;
  values: usize;
  mask: usize;
  query: usize;
  keysOut: usize;
  valuesOut: usize;
  maskOut: usize;
  batch: i32;
  heads: i32;
  width: i32;
  rows: i32;
  first: i32;
  tokens: i32;
  block: i32;
  factor: i32;
  chunk: i32;
  entries: i32;
  scratch: usize;
  scratchBytes: i32;
  /** Number of items of Projection that follow. */
  projections: i32;
}

// @ts-ignore: decorator
@unmanaged
export class SelectWeights {
  address: usize;
}

// @ts-ignore: decorator
@unmanaged
export class SparseListGradientArguments {
  list: usize;
  result: usize;
  batch: i32;
  heads: i32;
  width: i32;
  first: i32;
  tokens: i32;
  rows: i32;
  region: i32;
  kept: i32;
  entries: i32;
  /** Number of items of SelectWeights that follow. */
  weights: i32;
}

// @ts-ignore: decorator
@unmanaged
export class SumRowsArguments {
  x: usize;
  y: usize;
  result: usize;
  rows: i32;
  width: i32;
}

// @ts-ignore: decorator
@unmanaged
export class SumSquaresArguments {
  x: usize;
  result: usize;
  count: i32;
  parts: i32;
}

// @ts-ignore: decorator
@unmanaged
export class TopScoresArguments {
  scores: usize;
  values: usize;
  indices: usize;
  logSum: usize;
  rows: i32;
  columns: i32;
  count: i32;
}

// @ts-ignore: decorator
@unmanaged
export class WeightGradientArguments {
  dy: usize;
  x: usize;
  result: usize;
  rows: i32;
  inputs: i32;
  outputs: i32;
  adds: i32;
  isPacked: i32;
}

// @ts-ignore: decorator
@unmanaged
export class WriteRowsArguments {
  x: usize;
  index: usize;
  y: usize;
  batch: i32;
  rows: i32;
  picked: i32;
  width: i32;
  indices: i32;
}

// @ts-ignore: decorator
@unmanaged
export class ClearArguments {
  to: usize;
  vectors: i32;
}

// @ts-ignore: decorator
@unmanaged
export class PackWeightsArguments {
  from: usize;
  outputs: i32;
  inputs: i32;
  to: usize;
}
