/**
 * How much memory a step of a training needs, found out before it runs.
 *
 * @module
 */
import { checkOptions, countFrom, FLAG } from "../base/check_options.ts";
import type { ModelInputs } from "../models/mod.ts";
import { LanguageModel } from "../models/language_model.ts";
import { MultipleChoice } from "../models/multiple_choice.ts";
import type { HiddenStates, PreTrainedModel } from "../models/pretrained_model.ts";
import type { Floats } from "../ops/backend.ts";
import { Tensor } from "../tensor/tensor.ts";
import { MeasuringBackend } from "./measuring_backend.ts";
import { Tape } from "./tape.ts";
import { CHECKPOINTING, type Checkpointing } from "./tape_node.ts";

/** The passes of a step. */
export interface StepDemand {
  /** Sequences of a pass: `per_device_train_batch_size`. */
  readonly batch: number;
  /** Tokens of a sequence, with padding. */
  readonly tokens: number;
  /** Ids of the decoder of an encoder-decoder, with padding; as many as tokens if absent. */
  readonly decoder_tokens?: number;
  /** Of a model that predicts words: tokens with a label in a sequence; all if absent. */
  readonly labelled?: number;
  /** Passes of a step: `gradient_accumulation_steps`; 1 if absent. */
  readonly accumulated?: number;
  /** Whether layers run again on the way back, as {@linkcode TapeOptions} has it; false if absent. */
  readonly checkpoint?: Checkpointing;
  /** Whether the model drops values; true if absent. */
  readonly dropout?: boolean;
}

/** Bytes that a training needs on its backend. */
export interface TrainingMemory {
  /** What the backend holds before: the model's weights, and whatever else there is. */
  readonly held: number;
  /** Gradients of what is trained. */
  readonly gradients: number;
  /** AdamW's moments. */
  readonly moments: number;
  /** What is kept between a pass and its way back, outputs included. */
  readonly kept: number;
  /** The most at once, all of these included. */
  readonly peak: number;
  /** The largest tensor. */
  readonly largest: number;
}

/**
 * Finds out the memory of a training, before its first step: runs the model on tensors without values.
 * What kernels need for themselves is not part of it.
 *
 * @param model The model, on its own backend.
 * @param trained The parameters that are trained.
 * @param demand The passes of a step.
 * @returns Bytes, by purpose.
 * @throws {TypeError} If the demand has another option or type.
 * @throws {RangeError} If a number is out of range, or the model has no positions for so many tokens.
 *
 * @example What checkpoints save
 * ```ts
 * import { AutoModelForMaskedLM } from "@lsg/core";
 * import { selectTrainable, trainingMemory } from "@lsg/core/training";
 * import { assert } from "@std/assert";
 *
 * using model = await AutoModelForMaskedLM.from_pretrained("ccdv/lsg-base-4096");
 * const trained = selectTrainable(model, "all").map(([, tensor]) => tensor);
 * const demand = { batch: 2, tokens: 50, labelled: 8 };
 * const plain = await trainingMemory(model, trained, demand);
 * const again = await trainingMemory(model, trained, { ...demand, checkpoint: true });
 * assert(again.kept < 0.5 * plain.kept);
 * ```
 */
export async function trainingMemory(
  model: PreTrainedModel<HiddenStates>,
  trained: readonly Floats[],
  demand: StepDemand,
): Promise<TrainingMemory> {
  checkOptions("Cannot plan a training", { ...demand }, {
    batch: countFrom(1),
    tokens: countFrom(1),
    decoder_tokens: countFrom(1),
    labelled: countFrom(1),
    accumulated: countFrom(1),
    checkpoint: CHECKPOINTING,
    dropout: FLAG,
  });
  const { accumulated = 1, checkpoint, dropout = true } = demand;
  const backend = new MeasuringBackend(model.backend);
  const tape = new KeepingTape(backend, trained, {
    checkpoint,
    ...(dropout && { dropout: { seed: 0 } }),
  });
  const view = model.on(tape);
  let kept = 0;
  try {
    // In the second pass there are gradients from the start.
    for (let pass = 0; pass < Math.min(2, accumulated); pass++) {
      const before = backend.memory().bytes;
      const { outputs, losses } = await runPass(view, demand);
      const seeds = losses.map((loss) => tape.empty(loss.dims));
      kept = backend.memory().bytes - before;
      await tape.backward(...losses.map((loss, i) => [loss, seeds[i]] as const));
      [...outputs, ...seeds].forEach((tensor) => tensor.dispose());
    }
  } finally {
    tape.dispose();
  }
  const gradients = trained.reduce((sum, { size }) => sum + 4 * size, 0);
  const held = model.backend.memory().bytes;
  const { highest, largest } = backend.most;
  return {
    held,
    gradients,
    moments: 2 * gradients,
    kept,
    peak: held + 2 * gradients + highest,
    largest,
  };
}

/** A tape that drops no whole layer: memory must suffice for a pass with all of them. */
class KeepingTape extends Tape {
  override dropsLayer(): boolean {
    return false;
  }
}

/** Runs a pass; its outputs, and those among them that a loss is of. */
async function runPass(
  model: PreTrainedModel<HiddenStates>,
  { batch, tokens, decoder_tokens, labelled }: StepDemand,
): Promise<{ outputs: Floats[]; losses: Floats[] }> {
  const { config } = model;
  const { pad_token_id: padding, vocab_size: words } = config;
  // Heads may read the last end token.
  const id = (config.eos_token_id ?? padding) === padding
    ? (padding + 1) % words
    : config.eos_token_id!;
  const rows = (length: number) => Array.from({ length: batch }, () => new Array(length).fill(id));
  const ids = rows(tokens);
  const inputs: ModelInputs = {
    input_ids: model instanceof MultipleChoice ? [ids] : ids,
    ...(config.decoder && { decoder_input_ids: rows(decoder_tokens ?? tokens) }),
  };
  if (model instanceof LanguageModel && labelled !== undefined) {
    const last = (config.decoder ? decoder_tokens ?? tokens : tokens) - 1;
    const wanted = Array.from({ length: labelled }, (_, i) => Math.min(i, last));
    const logits = await model.logitsAt(inputs, Array.from({ length: batch }, () => wanted));
    return { outputs: [logits], losses: [logits] };
  }
  const made = await model(inputs) as Readonly<Record<string, unknown>>;
  const outputs = Object.values(made).filter((value): value is Floats => value instanceof Tensor);
  const losses = ["logits", "start_logits", "end_logits", "last_hidden_state"]
    .flatMap((name) => made[name] ? [made[name] as Floats] : []);
  return { outputs, losses };
}
