/**
 * Trains the tiny model in a process that may be killed: DEVICE THREADS FOLDER RESUME. Prints a line
 * for each step, and one before the files of a checkpoint are written.
 */
import { openBackend } from "../../device.ts";
import type { BackendName } from "../../ops/backend.ts";
import "../helpers/quiet_reference.ts";
import { KILLED_ARGUMENTS, loadTiny, tinyTrainer } from "./tiny_training.ts";

const [device, threads, output_dir, resume] = Deno.args;
using backend = await openBackend(
  device as BackendName,
  device === "wasm" ? { threads: Number(threads) } : {},
);
using model = await loadTiny(backend);
const save = model.save_pretrained.bind(model);
model.save_pretrained = async (folder) => {
  console.log("saving");
  await save(folder);
  console.log("saved");
  // The moments and the state are written next: the parent has time to kill this process.
  await new Promise((resolve) => setTimeout(resolve, 20));
};
const trainer = tinyTrainer(model, {
  args: { ...KILLED_ARGUMENTS, output_dir },
  callbacks: [{ on_step_end: (_args, { global_step }) => console.log(`step ${global_step}`) }],
});
await trainer.train({ resume_from_checkpoint: resume === "true" });
