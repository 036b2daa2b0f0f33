/**
 * `optimizer.safetensors`: what a resumed training needs beside the parameters.
 *
 * @module
 */
import { parseJsonObject } from "../base/json.ts";
import { showName, showValue } from "../base/show_value.ts";
import { openFile, writeNewFile } from "../checkpoint/disk.ts";
import { openSafetensors } from "../checkpoint/safetensors_reader.ts";
import { streamSafetensors, type TensorToWrite } from "../checkpoint/safetensors_writer.ts";
import type { Floats } from "../ops/backend.ts";
import type { AdamW } from "./adam_w.ts";
import { parseCallbacks, type TrainerState } from "./trainer_state.ts";
import {
  checkSettings,
  parsePosition,
  type TrainingPosition,
  type TrainingSettings,
} from "./training_position.ts";

const FILE = "optimizer.safetensors";

/**
 * Writes the moments of an optimizer, `NAME.exp_avg` and `NAME.exp_avg_sq`, one after the other, with
 * the position, the settings and what callbacks remember as metadata.
 *
 * @param folder The folder of the checkpoint.
 * @param optimizer The optimizer.
 * @param position Where the training is.
 * @param settings What must stay the same.
 * @param callbacks What callbacks remember.
 */
export async function saveOptimizer(
  folder: string,
  optimizer: AdamW,
  position: TrainingPosition,
  settings: TrainingSettings,
  callbacks: TrainerState["stateful_callbacks"],
): Promise<void> {
  const moments = new Map<string, Floats>();
  const steps: Record<string, number> = {};
  for (const [name, first, second, own] of optimizer.moments()) {
    moments.set(`${name}.exp_avg`, first);
    moments.set(`${name}.exp_avg_sq`, second);
    if (own !== optimizer.steps) steps[name] = own;
  }
  const tensors = [...moments].map(([name, { dims }]): TensorToWrite => ({
    name,
    dims,
    dtype: "F32",
  }));
  const load = (name: string) => {
    const tensor = moments.get(name)!;
    // A tensor keeps what it has read; this one is forgotten with its values.
    return tensor.reshape(tensor.dims).getData();
  };
  const metadata = {
    format: "pt",
    step: String(optimizer.steps),
    // Of parameters that had no gradient in some step.
    parameter_steps: JSON.stringify(steps),
    position: JSON.stringify(position),
    settings: JSON.stringify(settings),
    stateful_callbacks: JSON.stringify(callbacks),
  };
  await writeNewFile(`${folder}/${FILE}`, streamSafetensors(tensors, load, metadata));
}

/** The optimizer of a checkpoint. */
export interface SavedOptimizer {
  /** Where the training was. */
  readonly position: TrainingPosition;
  /** What callbacks remember; undefined in earlier files. */
  readonly callbacks: TrainerState["stateful_callbacks"] | undefined;
  /**
   * Reads the moments.
   *
   * @param optimizer An optimizer of the same parameters, without moments.
   * @throws {RangeError} If a parameter has another size.
   * @throws {SyntaxError} If a moment is not finite, or a mean of squares is negative.
   */
  restore(optimizer: AdamW): Promise<void>;
}

/**
 * Opens the optimizer of a checkpoint, and checks that a training can go on with it.
 *
 * @param folder The folder of the checkpoint.
 * @param settings The settings, which must be those of the run before.
 * @returns Where the training was, and what callbacks remember; the moments are read later.
 * @throws {RangeError} If there is no such file, or it is one of another training.
 * @throws {SyntaxError} If it is malformed.
 */
export async function openOptimizer(
  folder: string,
  settings: TrainingSettings,
): Promise<SavedOptimizer> {
  const path = `${folder}/${FILE}`;
  const opened = await openFile(path);
  if (!opened) {
    throw new RangeError(
      `Cannot resume from ${folder}: it has no ${FILE}, wanted a checkpoint of a training`,
    );
  }
  const file = await openSafetensors(opened);
  const read = (key: string) => {
    const text = file.metadata.get(key);
    if (text !== undefined) return text;
    throw new SyntaxError(`Cannot read ${path}: its metadata has no ${key}`);
  };
  checkSettings(read("settings"), settings, path);
  const position = parsePosition(read("position"), path);
  const steps = Number(read("step"));
  if (!Number.isSafeInteger(steps) || steps < 0) {
    throw new SyntaxError(`Cannot read ${path}: step is ${read("step")}, wanted a whole number`);
  }
  // Earlier files have neither.
  const remembered = file.metadata.get("stateful_callbacks");
  const callbacks = remembered === undefined ? undefined : parseCallbacks(remembered, path);
  const ownSteps = parseSteps(file.metadata.get("parameter_steps") ?? "{}", steps, path);
  for (const name of file.names()) {
    const parameter = name.replace(/\.exp_avg(_sq)?$/, "");
    if (
      parameter !== name && file.has(`${parameter}.exp_avg`) && file.has(`${parameter}.exp_avg_sq`)
    ) {
      continue;
    }
    throw new SyntaxError(`Cannot read ${path}: ${name} is not one of a pair of moments`);
  }
  const names = settings.trainable.filter((name) => file.has(`${name}.exp_avg`));
  if (2 * names.length !== file.names().length) {
    throw new RangeError(`Cannot resume from ${path}: it has moments of other parameters`);
  }
  return {
    position,
    callbacks,
    restore: async (optimizer) => {
      for (const name of names) {
        const [first, second] = [
          await file.load(`${name}.exp_avg`),
          await file.load(`${name}.exp_avg_sq`),
        ];
        if (!first.every(Number.isFinite) || !second.every((v) => v >= 0 && v < Infinity)) {
          throw new SyntaxError(
            `Cannot read ${path}: the moments of ${showName(name)} are not finite, or a mean of ` +
              "squares is negative",
          );
        }
        optimizer.restore(steps, [[name, first, second, ownSteps.get(name)]]);
      }
      optimizer.restore(steps, []);
    },
  };
}

/** Steps of parameters that had no gradient in some step. */
function parseSteps(text: string, most: number, origin: string): ReadonlyMap<string, number> {
  const entries = Object.entries(parseJsonObject(text, origin));
  for (const [name, steps] of entries) {
    if (Number.isInteger(steps) && Number(steps) > 0 && Number(steps) < most) continue;
    throw new SyntaxError(
      `Cannot read ${origin}: the steps of ${showName(name)} are ${showValue(steps)}, wanted a ` +
        `whole number from 1 to ${most - 1}`,
    );
  }
  return new Map(entries as [string, number][]);
}
