/**
 * What each head is trained to do: the rows that it predicts, and the loss.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
import {
  CausalLM,
  ConditionalGeneration,
  type HiddenStates,
  type LanguageModel,
  MaskedLM,
  type ModelInputs,
  MultipleChoice,
  type PreTrainedModel,
  PreTraining,
  QuestionAnswering,
  SequenceClassification,
  TokenClassification,
} from "../models/mod.ts";
import type { Floats } from "../ops/backend.ts";
import { Tensor } from "../tensor/tensor.ts";
import { decoderIdsOf } from "./decoder_ids.ts";
import { type LabelValues, readLabels, wholeLabels } from "./labels.ts";
import {
  binaryCrossEntropy,
  crossEntropy,
  IGNORED,
  type Loss,
  meanSquaredError,
} from "./losses.ts";
import type { TrainingBatch } from "./training_batch.ts";

type Outputs = Readonly<Record<string, Floats>>;

/** A loss and the gradients of it. */
export interface Comparison {
  /** The mean over the labels that count. */
  readonly loss: number;
  /** The labels of the outputs' rows. */
  readonly labels: Int32Array | Float64Array;
  /** Outputs, each with as many values as it has. */
  readonly gradients: readonly (readonly [Floats, Float64Array])[];
}

/** A pass with labels, which were checked as far as they can be before it. */
export interface HeadTask {
  /** Runs the model. */
  run(): Promise<Outputs>;
  /** Compares its outputs with the labels. */
  compare(outputs: Outputs): Comparison;
}

/**
 * Chooses the task of a model's head.
 *
 * @param model A model with a head.
 * @param batch Token ids with labels.
 * @param smoothing `ε` of label smoothing.
 * @returns The task.
 * @throws {TypeError} If the model has no head, or labels do not fit it.
 * @throws {RangeError} If smoothing is asked for where labels are no classes.
 */
export function taskOf(
  model: PreTrainedModel<HiddenStates>,
  batch: TrainingBatch,
  smoothing: number,
): HeadTask {
  const { labels, start_positions, end_positions, ...inputs } = batch;
  if (!(model instanceof QuestionAnswering)) {
    expectNone("start_positions", start_positions);
    expectNone("end_positions", end_positions);
  }
  if (model instanceof MaskedLM || model instanceof CausalLM) {
    return predictWords(model, inputs, labels, smoothing);
  }
  if (model instanceof ConditionalGeneration) return write(model, inputs, labels, smoothing);
  const run = () => model(inputs) as unknown as Promise<Outputs>;
  if (model instanceof SequenceClassification) {
    return { run, compare: classifySequences(model, labels, smoothing) };
  }
  // The loss counts padding as any token, so its scores must be those of training.
  const runAll = () => model._withPadding()(inputs) as unknown as Promise<Outputs>;
  if (model instanceof TokenClassification) {
    const read = readLabels("labels", labels);
    expectDims(read, dimsOf(inputs.input_ids), "input_ids");
    const classes = wholeLabels("labels", read);
    const mask = maskOf(inputs);
    const countsPadding = classes.some((label, at) => label !== IGNORED && mask?.[at] === 0);
    return { run: countsPadding ? runAll : run, compare: compareClasses(classes, smoothing) };
  }
  if (model instanceof MultipleChoice) {
    return { run, compare: compareClasses(classesOf("labels", labels), smoothing) };
  }
  if (model instanceof QuestionAnswering) {
    expectNone("labels", labels);
    refuseSmoothing(smoothing, "question answering");
    return { run: runAll, compare: findAnswers(start_positions, end_positions) };
  }
  if (model instanceof PreTraining) {
    refuseSmoothing(smoothing, "replaced tokens");
    return { run, compare: detectReplaced(inputs, labels) };
  }
  throw new TypeError(
    "Cannot compute a loss: the model has no head, wanted an AutoModelFor… class",
  );
}

/** Hidden or next words: only rows with a label are predicted. */
function predictWords(
  model: LanguageModel,
  inputs: ModelInputs,
  given: unknown,
  smoothing: number,
): HeadTask {
  const read = readLabels("labels", given);
  expectDims(read, dimsOf(inputs.input_ids), "input_ids");
  // Row i of a causal model predicts the label of token i + 1.
  const shift = model instanceof CausalLM ? 1 : 0;
  return predictRows(model, inputs, wholeLabels("labels", read), read.dims[1], shift, smoothing);
}

/** A decoder that writes the labels. */
function write(
  model: ConditionalGeneration,
  inputs: ModelInputs,
  given: unknown,
  smoothing: number,
): HeadTask {
  const read = readLabels("labels", given);
  const [batch, ids] = [dimsOf(inputs.input_ids)[0], read.dims[1] ?? 0];
  expectDims(read, [
    batch,
    (inputs.decoder_input_ids && dimsOf(inputs.decoder_input_ids)[1]) ?? ids,
  ]);
  const labels = wholeLabels("labels", read);
  const decoder_input_ids = inputs.decoder_input_ids ?? decoderIdsOf(labels, ids, model.config);
  return predictRows(model, { ...inputs, decoder_input_ids }, labels, ids, 0, smoothing);
}

function predictRows(
  model: LanguageModel,
  inputs: ModelInputs,
  labels: Int32Array,
  tokens: number,
  shift: number,
  smoothing: number,
): HeadTask {
  const places = Array.from({ length: labels.length / tokens }, (_, b) => {
    const row = labels.subarray(b * tokens, (b + 1) * tokens);
    return [...row.keys()].filter((token) => token >= shift && row[token] !== IGNORED);
  });
  const longest = Math.max(1, ...places.map((row) => row.length));
  const padded = places.map((row) => [...row, ...new Array(longest - row.length).fill(-1)]);
  const chosen = Int32Array.from(
    padded.flatMap((row, b) => row.map((at) => at < 0 ? IGNORED : labels[b * tokens + at])),
  );
  return {
    run: async () => {
      const rows = padded.map((row) => row.map((at) => at < 0 ? -1 : at - shift));
      return { logits: await model.logitsAt(inputs, rows) };
    },
    compare: compareClasses(chosen, smoothing),
  };
}

function classifySequences(
  { config }: SequenceClassification,
  given: unknown,
  smoothing: number,
): HeadTask["compare"] {
  const labels = readLabels("labels", given);
  const count = config.id2label.length;
  const raw: Record<string, unknown> = config.raw;
  const problem = raw.problem_type ?? chooseProblem(labels, count);
  // As in transformers, the choice stays: a saved model is read as what it was trained for.
  const remember = (compare: HeadTask["compare"]): HeadTask["compare"] => (outputs) => {
    const comparison = compare(outputs);
    raw.problem_type = problem;
    return comparison;
  };
  if (problem === "single_label_classification") {
    return remember(compareClasses(classesOf("labels", given), smoothing));
  }
  if (problem !== "regression" && problem !== "multi_label_classification") {
    throw new RangeError(
      `Cannot compute the loss for problem_type ${showValue(problem)}: wanted regression, ` +
        "single_label_classification or multi_label_classification",
    );
  }
  refuseSmoothing(smoothing, problem);
  const measure = problem === "regression" ? meanSquaredError : binaryCrossEntropy;
  if (count > 1 || labels.dims.length > 1) expectDims(labels, [labels.dims[0], count]);
  return remember(({ logits }) => {
    const { loss, gradient } = measure(logits.data, labels.values);
    return { loss, labels: labels.values, gradients: [[logits, gradient]] };
  });
}

/** The loss that transformers takes if the config names none. */
function chooseProblem({ dims: [, width = 1] }: LabelValues, count: number): string {
  if (count === 1) return "regression";
  return width > 1 ? "multi_label_classification" : "single_label_classification";
}

function findAnswers(start: unknown, end: unknown): HeadTask["compare"] {
  const positions = [classesOf("start_positions", start), classesOf("end_positions", end)];
  return ({ start_logits, end_logits }) => {
    const tokens = start_logits.dims[1];
    const halves = [start_logits, end_logits].map((logits, i) => {
      // As in transformers: positions beyond the text do not count, negative ones are the first.
      const labels = positions[i].map((at) => at >= tokens ? IGNORED : Math.max(0, at));
      return { logits, ...compareRows(logits, labels, 0) };
    });
    return {
      loss: (halves[0].loss + halves[1].loss) / 2,
      labels: Int32Array.from(positions.flatMap((row) => [...row])),
      gradients: halves.map(({ logits, gradient }) => [logits, gradient.map((value) => value / 2)]),
    };
  };
}

/** ELECTRA's discriminator: a label for each visible token, 1 if it was replaced. */
function detectReplaced(inputs: ModelInputs, given: unknown): HeadTask["compare"] {
  const labels = readLabels("labels", given);
  expectDims(labels, dimsOf(inputs.input_ids), "input_ids");
  const mask = maskOf(inputs);
  const visible = [...labels.values.keys()].filter((at) => mask?.[at] !== 0);
  const ofVisible = (values: ArrayLike<number>) => Float64Array.from(visible, (at) => values[at]);
  return ({ logits }) => {
    const { loss, gradient } = binaryCrossEntropy(ofVisible(logits.data), ofVisible(labels.values));
    const all = new Float64Array(logits.size);
    visible.forEach((at, i) => all[at] = gradient[i]);
    return { loss, labels: labels.values, gradients: [[logits, all]] };
  };
}

function compareClasses(labels: Int32Array, smoothing: number): HeadTask["compare"] {
  return ({ logits }) => {
    const { loss, gradient } = compareRows(logits, labels, smoothing);
    return { loss, labels, gradients: [[logits, gradient]] };
  };
}

/** Cross-entropy of scores `[…, classes]` with a label for each row. */
function compareRows(scores: Floats, labels: Int32Array, smoothing: number): Loss {
  const rows = scores.size / scores.dims.at(-1)!;
  if (labels.length === rows) return crossEntropy(scores.data, labels, smoothing);
  throw new TypeError(
    `Cannot compute the loss: there are ${labels.length} labels, wanted ${rows}`,
  );
}

/** The mask of tokens, if there is one. */
function maskOf({ attention_mask: mask }: ModelInputs): Float64Array | undefined {
  return mask ? readLabels("attention_mask", mask).values : undefined;
}

/** Labels `[batch]`, or as a column. */
function classesOf(name: string, given: unknown): Int32Array {
  const labels = readLabels(name, given);
  if ((labels.dims[1] ?? 1) === 1) return wholeLabels(name, labels);
  throw new TypeError(
    `Cannot compute the loss: ${name} has the shape [${labels.dims}], wanted a number for each ` +
      "sequence",
  );
}

function expectDims({ dims }: LabelValues, wanted: readonly number[], of?: string): void {
  if (dims.length === wanted.length && dims.every((size, i) => size === wanted[i])) return;
  throw new TypeError(
    `Cannot compute the loss: labels has the shape [${dims.join(", ")}], wanted ` +
      `[${wanted.join(", ")}]${of ? ` as ${of}` : ""}`,
  );
}

function expectNone(name: string, given: unknown): void {
  if (given === undefined || given === null) return;
  throw new TypeError(`Cannot compute the loss: the model's head takes no ${name}`);
}

function refuseSmoothing(smoothing: number, what: string): void {
  if (smoothing === 0) return;
  throw new RangeError(
    `Cannot smooth labels by ${smoothing} for ${what}: wanted 0, or labels that are classes`,
  );
}

/** The sizes of ids, which the model checks further. */
function dimsOf(ids: ModelInputs["input_ids"]): readonly number[] {
  if (ids instanceof Tensor) return ids.dims;
  const rows: readonly unknown[] = Array.isArray(ids) ? ids : [];
  return [rows.length, Array.isArray(rows[0]) ? rows[0].length : 0];
}
