/** The optimizer beside torch's AdamW, clip_grad_norm_ and transformers' schedules. */
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { CpuBackend } from "../../cpu/backend.ts";
import { openBackend } from "../../device.ts";
import { AdamW, decays } from "../../training/adam_w.ts";
import { rateFactor, type ScheduleName } from "../../training/schedule.ts";
import { UNIT } from "../../verify/bounds.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { goldenPath } from "../models/golden_models.ts";

type Values = Readonly<Record<string, number[]>>;

/** What tools/make_optimizer_goldens.py writes. */
interface Golden {
  readonly rate: number;
  readonly warmup: number;
  readonly total: number;
  readonly shapes: Readonly<Record<string, number[]>>;
  readonly runs: readonly {
    readonly schedule: ScheduleName;
    readonly decay: number;
    readonly clip: number;
    readonly start: Values;
    readonly steps: readonly {
      readonly gradients: Values;
      readonly norm: number | null;
      readonly rate: number;
      readonly parameters: Values;
    }[];
  }[];
}

const golden: Golden = JSON.parse(
  await Deno.readTextFile(goldenPath("training/adam_w.json")),
);

for (const device of ["cpu", "wasm", "webgpu"] as const) {
  testOnBackend(device, "AdamW follows torch's parameters", async () => {
    const backend = await openBackend(device);
    const { rate, warmup, total, shapes } = golden;
    for (const { schedule, decay, clip, start, steps } of golden.runs) {
      const parameters = Object.entries(start).map(([name, values]) =>
        [name, backend.floats(new Float32Array(values), shapes[name])] as const
      );
      const optimizer = new AdamW(backend, parameters, {
        weight_decay: decay,
        max_grad_norm: clip,
      });
      for (const [done, step] of steps.entries()) {
        const now = rate * rateFactor(schedule, done, { warmup, total });
        assertAlmostEquals(now, step.rate, 1e-15);
        const gradients = parameters.map(([name, tensor]) =>
          [tensor, backend.floats(new Float32Array(step.gradients[name]), tensor.dims)] as const
        );
        const norm = await optimizer.step(gradients, now);
        if (step.norm !== null) assertAlmostEquals(norm, step.norm, 20 * UNIT * step.norm);
        gradients.forEach(([, gradient]) => gradient.dispose());
        for (const [name, tensor] of parameters) {
          const values = await tensor.getData();
          values.forEach((value, i) => {
            const wanted = step.parameters[name][i];
            // Each step rounds the parameter, and the step itself by some 60 roundings, also those
            // of moments that cancel: their terms are at most 5, the step at most 10 rates.
            const most = (done + 1) * UNIT * (2 * Math.abs(wanted) + 60 * 10 * rate);
            assert(
              Math.abs(value - wanted) <= most,
              `${schedule}, ${name}, step ${done}: ${value}`,
            );
          });
        }
      }
      assertEquals(optimizer.steps, steps.length);
      optimizer.dispose();
      parameters.forEach(([, tensor]) => tensor.dispose());
    }
    assertEquals(backend.memory().tensors, 0);
    backend.dispose();
  });
}

Deno.test("a parameter without a gradient stays bit for bit, and costs no moments", async () => {
  const backend = new CpuBackend();
  const [trained, frozen] = [1, 2].map(() => backend.floats(new Float32Array([0.1, 0.2]), [1, 2]));
  const optimizer = new AdamW(backend, [["a", trained], ["b", frozen]], { weight_decay: 0.5 });
  const gradient = backend.floats(new Float32Array([1, 1]), [1, 2]);
  await optimizer.step([[trained, gradient]], 0.1);
  assertEquals([...await frozen.getData()], [Math.fround(0.1), Math.fround(0.2)]);
  assert((await trained.getData())[0] < 0.05);
  assertEquals(backend.memory().tensors, 5);
  backend.dispose();
});

Deno.test("a gradient that is not finite is an error, and nothing has changed", async () => {
  const backend = new CpuBackend();
  const weight = backend.floats(new Float32Array([1, 2]), [2]);
  const optimizer = new AdamW(backend, [["head.weight", weight]]);
  const gradient = backend.floats(new Float32Array([NaN, 1]), [2]);
  await assertRejects(
    () => optimizer.step([[weight, gradient]], 0.1),
    RangeError,
    "the gradient of head.weight in step 1 is not finite",
  );
  assertEquals([...await weight.getData()], [1, 2]);
  assertEquals(optimizer.steps, 0);
  await assertRejects(() => optimizer.step([[gradient, weight]], 1), TypeError, "no parameter");
  backend.dispose();
});

Deno.test("biases and weights of norms do not decay", () => {
  assert(decays("encoder.dense.weight", { dims: [2, 2] }));
  assert(!decays("encoder.dense.bias", { dims: [2] }));
  assert(!decays("encoder.LayerNorm.weight", { dims: [2] }));
  assert(!decays("relative_attention_bias.weight", { dims: [2, 2] }));
});
