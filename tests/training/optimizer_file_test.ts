import { assertEquals, assertRejects } from "@std/assert";
import { encodeSafetensors } from "../../checkpoint/safetensors_writer.ts";
import { openBackend } from "../../device.ts";
import { AdamW } from "../../training/adam_w.ts";
import { openOptimizer, saveOptimizer } from "../../training/optimizer_file.ts";
import { START, type TrainingSettings } from "../../training/training_position.ts";
import { withFolder } from "../helpers/with_folder.ts";

const settings: TrainingSettings = {
  seed: 1,
  per_device_train_batch_size: 2,
  gradient_accumulation_steps: 3,
  group_by_length: false,
  dataloader_drop_last: false,
  examples: 4,
  trainable: ["a", "b", "never"],
};
const callbacks = { EarlyStoppingCallback: { early_stopping_patience_counter: 1 } };
const position = { ...START, epoch: 2, pending: 1, loss: 0.1 + 0.2, stopped: true };

for (const device of ["cpu", "wasm"] as const) {
  Deno.test(`${device}: an optimizer is read as it was written`, () =>
    withFolder(async (folder) => {
      using backend = await openBackend(device, device === "wasm" ? { threads: 1 } : {});
      const parameters = () =>
        [
          ["a", backend.weight(Float32Array.from({ length: 15 }, (_, i) => i / 7), [5, 3])],
          ["b", backend.floats(Float32Array.of(1, 2, 3), [3])],
          ["never", backend.floats(Float32Array.of(1), [1])],
        ] as const;
      const step = (optimizer: AdamW, [[, a], [, b]]: ReturnType<typeof parameters>) => {
        const gradients = (optimizer.steps === 0 ? [a] : [a, b]).map((tensor) =>
          [tensor, backend.like(tensor, new Float32Array(tensor.size).fill(0.3))] as const
        );
        return optimizer.step(gradients, 0.1);
      };
      const [first, second] = [parameters(), parameters()];
      const written = new AdamW(backend, first);
      for (let i = 0; i < 3; i++) await step(written, first);
      await saveOptimizer(folder, written, position, settings, callbacks);

      const read = new AdamW(backend, second);
      const saved = await openOptimizer(folder, settings);
      assertEquals([saved.position, saved.callbacks], [position, callbacks]);
      await saved.restore(read);
      assertEquals(read.steps, 3);
      const moments = (optimizer: AdamW) =>
        Promise.all(
          [...optimizer.moments()].map(async ([name, m, v, steps]) =>
            [name, (await m.getData()).slice(), (await v.getData()).slice(), steps] as const
          ),
        );
      assertEquals(await moments(read), await moments(written));
      assertEquals((await moments(read)).map(([name, , , steps]) => [name, steps]), [
        ["a", 3],
        ["b", 2],
      ]);
    }));
}

Deno.test("openOptimizer() refuses what is not of this training", () =>
  withFolder(async (folder) => {
    using backend = await openBackend("wasm", { threads: 1 });
    const optimizer = new AdamW(backend, [["a", backend.floats(new Float32Array(2), [2])]]);
    const load = async (now: Partial<TrainingSettings> = {}) =>
      await (await openOptimizer(folder, { ...settings, ...now })).restore(optimizer);
    await assertRejects(() => load(), RangeError, "it has no optimizer.safetensors");
    const write = (
      names: string[],
      metadata: Record<string, string>,
      values: readonly Float32Array[] = names.map(() => new Float32Array(2)),
    ) => {
      const tensors = names.map((name, i) => ({
        name,
        dims: [values[i].length],
        dtype: "F32" as const,
        data: values[i],
      }));
      return Deno.writeFile(
        `${folder}/optimizer.safetensors`,
        encodeSafetensors(tensors, metadata),
      );
    };
    const good = {
      step: "3",
      position: JSON.stringify({ ...position, pending_before: undefined }),
      settings: JSON.stringify(settings),
    };
    const pair = ["a.exp_avg", "a.exp_avg_sq"];
    await write(pair, good); // as earlier files are, without parameter_steps and pending_before
    await load();
    assertEquals([...optimizer.moments()].map(([name, , , steps]) => [name, steps]), [["a", 3]]);
    await assertRejects(() => load({ seed: 2 }), RangeError, "seed was 1 and is 2 now");
    await assertRejects(() => load({ trainable: ["a"] }), RangeError, "trainable was");
    const { step: _step, ...stepless } = good;
    const wrong: [string[], Record<string, string>, string, number?][] = [
      [pair, stepless, "has no step"],
      [pair, { ...good, step: "-1" }, "step is -1"],
      [pair, { ...good, step: "1.5" }, "step is 1.5"],
      [pair, { ...good, parameter_steps: '{"a": 3}' }, "steps of a are 3, wanted"],
      [pair, { ...good, parameter_steps: '{"a": 0}' }, "steps of a are 0, wanted"],
      [pair, { ...good, position: "{}" }, "epoch is undefined"],
      [pair, { ...good, position: JSON.stringify({ ...position, batch: -1 }) }, "batch is -1"],
      [pair, { ...good, position: JSON.stringify({ ...position, stopped: 1 }) }, "stopped is 1"],
      [
        pair,
        { ...good, position: JSON.stringify({ ...position, pending_before: [{ epoch: 0 }] }) },
        "pending_before is",
      ],
      [pair, { ...good, settings: "[]" }, "must hold an object"],
      [pair, { ...good, stateful_callbacks: "[]" }, "must hold an object"],
      [pair, { ...good, stateful_callbacks: '{"a": {"b": null}}' }, "stateful_callbacks is"],
      [["a.exp_avg"], good, "not one of a pair"],
      [["x"], good, "not one of a pair"],
    ];
    for (const [names, metadata, part] of wrong) {
      await write(names, metadata);
      await assertRejects(() => load(), SyntaxError, part);
    }
    await write(["z.exp_avg", "z.exp_avg_sq"], good);
    await assertRejects(() => load(), RangeError, "moments of other parameters");
    await write(pair, good, [new Float32Array(3), new Float32Array(3)]);
    await assertRejects(() => load(), RangeError, "Cannot restore");
    for (const [mean, ofSquares] of [[NaN, 1], [1, Infinity], [1, -1], [Infinity, 1]]) {
      await write(pair, good, [Float32Array.of(0, mean), Float32Array.of(0, ofSquares)]);
      await assertRejects(() => load(), SyntaxError, "the moments of a are not finite");
    }
  }));
