/**
 * A training step in a process of its own:
 * `train_step.ts PASSES THREADS roberta|embedded all|globals TOKENS [checkpoint|attention]` prints its times as
 * a line of JSON.
 *
 * @module
 */
import { AdamW } from "../../training/adam_w.ts";
import { lossOf } from "../../training/head_loss.ts";
import { Tape } from "../../training/tape.ts";
import { selectTrainable } from "../../training/trainable.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { measureThreads } from "../busiest_thread.ts";
import { median } from "../measure.ts";
import { type Passes, readPeakMegabytes } from "../peers/outcome.ts";
import { ownVersion } from "../peers/own_version.ts";
import {
  openTrainModel,
  readTrainBatch,
  type TrainedParameters,
  type TrainModelName,
} from "./train_model.ts";
import { PHASES, type StepTimes } from "./step_times.ts";

const [passes, threads, name, trained, tokens, checkpoint] = Deno.args;
const { warmups, repeats } = JSON.parse(passes) as Passes;
const backend = await WasmBackend.open({ threads: Number(threads) });
const tape = new Tape(backend, [], {
  checkpoint: checkpoint === "attention" ? checkpoint : checkpoint === "checkpoint",
});
const model = await openTrainModel(tape, name as TrainModelName, Number(tokens));
const selected = selectTrainable(model, trained as TrainedParameters);
for (const [, tensor] of selected) tape.train(tensor);
const optimizer = new AdamW(backend, selected);
const batch = readTrainBatch(name as TrainModelName, Number(tokens));

/** Seconds of each phase that passed, and that the busiest thread ran. */
async function step(): Promise<number[][]> {
  const times: number[][] = [];
  const time = async <Result>(run: () => Promise<Result>): Promise<Result> => {
    let result: Result | undefined;
    const { passed, threads } = await measureThreads(async () => result = await run());
    times.push([passed, Math.max(...threads)]);
    return result!;
  };
  const loss = await time(() => lossOf(model, batch));
  await time(() => tape.backward(...loss.seeds));
  await time(async () => {
    await optimizer.step(tape.gradients, 1e-5);
    await backend.settle();
  });
  loss.dispose();
  tape.zero();
  return times;
}

const all: number[][][] = [];
for (let i = -warmups; i < repeats; i++) {
  const times = await step();
  if (i >= 0) all.push(times);
}
const of = (which: number) =>
  PHASES.map((_, phase) => median(all.map((times) => times[phase][which])));
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
const [passed, busiest] = [of(0), of(1)];
const times: StepTimes = {
  seconds: sum(passed),
  busiest: sum(busiest),
  phases: busiest,
  megabytes: readPeakMegabytes(),
  versions: ownVersion,
};
console.log(JSON.stringify(times));
Deno.exit();
