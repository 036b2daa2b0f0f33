/**
 * Script: where a training step spends its time, by kernel: `profile.ts MODEL TRAINABLE TOKENS REPEATS`.
 *
 * @module
 */
import { NUMBERS } from "../../wasm/machine/numbers.ts";
import type { WasmStorage } from "../../wasm/machine/storage.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { AdamW } from "../../training/adam_w.ts";
import { lossOf } from "../../training/head_loss.ts";
import { Tape } from "../../training/tape.ts";
import { type Trainable, selectTrainable } from "../../training/trainable.ts";
import { makeTokenIds } from "../token_ids.ts";
import { openTrainModel, TRAIN_MODELS, type TrainModelName } from "./train_model.ts";

const [name, trainable, tokens, repeats] = Deno.args;
const backend = await WasmBackend.open({ threads: 1 });
const tape = new Tape(backend);
const model = await openTrainModel(tape, name as TrainModelName, Number(tokens));
const selected = selectTrainable(model, trainable as Trainable);
for (const [, tensor] of selected) tape.train(tensor);
const optimizer = new AdamW(backend, selected);
const probe = backend.floats(new Float32Array(1), [1]);
const { machine } = probe.storage as WasmStorage;
const names = new Map(Object.entries(NUMBERS).map(([key, n]) => [n as number, key]));
type Run = (l: number, n: number, t: number, ts: number, b: number, s: number) => void;
const run = machine.kernels.run as Run;
let phase = "";
let steps: Map<string, number>[] = [];
let flops = new Map<string, number>();
let spent = new Map<string, number>();
const kernels = {
  ...machine.kernels,
  run(list: number, count: number, _t: number, _ts: number, b: number, scratch: number) {
    for (let i = 0; i < count; i++) {
      const [operation, words, ...rest] = machine.integers(list, 12);
      const start = performance.now();
      run(list, 1, 0, 1, b, scratch);
      let key = `${phase} ${names.get(operation)}`;
      if (names.get(operation) === "attendGradient") key += ` ${rest[0]}`;
      spent.set(key, (spent.get(key) ?? 0) + (performance.now() - start) / 1000);
      list += 8 + words * 4;
    }
  },
};
Object.defineProperty(machine, "kernels", { value: kernels });
const input_ids = [makeTokenIds(Number(tokens), TRAIN_MODELS[name as TrainModelName].vocabulary - 10)];
for (let i = 0; i < Number(repeats); i++) {
  spent = new Map();
  phase = "forward";
  const { loss, seeds, dispose } = await lossOf(model, { input_ids, labels: [1] } as never) as never as {
    loss: number; seeds: never[]; dispose: () => void };
  phase = "backward";
  await tape.backward(...seeds);
  phase = "update";
  await optimizer.step(tape.gradients, 1e-5);
  await backend.settle();
  tape.zero();
  console.log(loss, machine.memory().bytes / 2 ** 20);
  steps.push(spent);
}
const least = new Map<string, number>();
for (const map of steps) for (const [k, v] of map) least.set(k, Math.min(v, least.get(k) ?? Infinity));
let total = 0;
for (const [k, v] of [...least].sort((a, b) => b[1] - a[1])) { total += v; console.log(k.padEnd(40), v.toFixed(3)); }
console.log("total", total.toFixed(2), flops.size);
Deno.exit();
