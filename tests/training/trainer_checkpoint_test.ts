/** Trainings whose layers run again on the way back. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { openBackend } from "../../device.ts";
import { loadTiny, parametersOf, timeless, tinyTrainer } from "./tiny_training.ts";
import type { TrainingArguments } from "../../training/training_arguments.ts";
import "../helpers/quiet_reference.ts";

/** Trains; returns the log and the parameters. */
async function train(device: "cpu" | "wasm", args: TrainingArguments) {
  using backend = await openBackend(device);
  using model = await loadTiny(backend);
  const before = await parametersOf(model);
  const trainer = tinyTrainer(model, { args: { max_steps: 4, ...args } });
  await trainer.train();
  const parameters = await parametersOf(model);
  assertNotEquals(parameters, before);
  return { log: timeless(trainer.state.log_history), parameters };
}

for (const device of ["cpu", "wasm"] as const) {
  Deno.test(`${device}: gradient_checkpointing trains the same parameters, with dropout`, async () => {
    const plain = await train(device, {});
    assertEquals(await train(device, { gradient_checkpointing: true }), plain);
    // Dropout is on: another seed drops others.
    const other = await train(device, { gradient_checkpointing: true, seed: 7 });
    assert(other.log[0].loss !== plain.log[0].loss);
  });
}
