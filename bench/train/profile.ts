/**
 * Script: where a training step on one thread spends its time, by kernel:
 * `deno run -A bench/train/profile.ts roberta|embedded all|globals TOKENS STEPS
 * [checkpoint|attention]`.
 *
 * @module
 */
import { AdamW } from "../../training/adam_w.ts";
import { lossOf } from "../../training/head_loss.ts";
import { Tape } from "../../training/tape.ts";
import { selectTrainable, type Trainable } from "../../training/trainable.ts";
import { NUMBERS } from "../../wasm/machine/numbers.ts";
import type { WasmStorage } from "../../wasm/machine/storage.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { formatTable } from "../table.ts";
import { openTrainModel, readTrainBatch, type TrainModelName } from "./train_model.ts";

const [name, trainable, tokens, steps, checkpoint] = Deno.args;
const backend = await WasmBackend.open({ threads: 1 });
const tape = new Tape(backend, [], {
  checkpoint: checkpoint === "attention" ? checkpoint : checkpoint === "checkpoint",
});
const model = await openTrainModel(tape, name as TrainModelName, Number(tokens));
const selected = selectTrainable(model, trainable as Trainable);
for (const [, tensor] of selected) tape.train(tensor);
const optimizer = new AdamW(backend, selected);

/** Milliseconds that this thread has run; where Linux does not tell, that have passed. */
function now(): number {
  if (Deno.build.os !== "linux") return performance.now();
  return Number(Deno.readTextFileSync("/proc/thread-self/schedstat").split(" ")[0]) / 1e6;
}

/** The least milliseconds of each kernel in a step. */
const least = new Map<string, number>();
let spent = new Map<string, number>();
let phase = "forward";
const { machine } = backend.empty([1]).storage as WasmStorage;
const { kernels } = machine;
const names = new Map(Object.entries(NUMBERS).map(([key, number]) => [Number(number), key]));
Object.defineProperty(machine, "kernels", {
  value: {
    ...kernels,
    /** Runs a part of an operation, on this thread. */
    runPart(at: number, ...rest: [number, number, number]) {
      const [operation] = machine.integers(at, 1);
      const start = now();
      const isLeft = kernels.runPart(at, ...rest);
      // Higher bits say how it runs.
      const key = `${phase} ${names.get(operation & 255)!}`;
      spent.set(key, (spent.get(key) ?? 0) + now() - start);
      return isLeft;
    },
  },
});

for (let i = 0; i < Number(steps); i++) {
  spent = new Map();
  phase = "forward";
  const loss = await lossOf(model, readTrainBatch(name as TrainModelName, Number(tokens)));
  phase = "backward";
  await tape.backward(...loss.seeds);
  phase = "update";
  await optimizer.step(tape.gradients, 1e-5);
  await backend.settle();
  loss.dispose();
  tape.zero();
  for (const [key, time] of spent) least.set(key, Math.min(time, least.get(key) ?? Infinity));
}
const total = [...least.values()].reduce((a, b) => a + b, 0);
const rows = [...least].sort((a, b) => b[1] - a[1]);
const lines = [...rows, ["all", total] as const].map(([key, time]) => [key, time.toFixed(0)]);
formatTable(["kernel", "ms"], lines).forEach((line) => console.log(line));
optimizer.dispose();
model.dispose();
tape.dispose();
backend.dispose();
