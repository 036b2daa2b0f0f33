/** The optimizer beside torch's AdamW, clip_grad_norm_ and transformers' schedules. */
import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CpuBackend } from "../../cpu/backend.ts";
import { openBackend } from "../../device.ts";
import { AdamW, decays } from "../../training/adam_w.ts";
import { rateFactor, type ScheduleName } from "../../training/schedule.ts";
import { UNIT } from "../../verify/bounds.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { goldenPath } from "../models/golden_models.ts";
import { linearInputs } from "../../ops/linear_inputs.ts";
import { weightGradient } from "../../ops/weight_gradient.ts";

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
  testOnBackend(device, "a weight changes in place, as it is read and as it is used", async () => {
    const backend = await openBackend(device);
    const weight = backend.weight(new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3]);
    const ids = backend.integers(new Int32Array([1]), [1, 1]);
    const [x, dy] = [[1, 0, 0], [1, -1]].map((v) =>
      backend.floats(new Float32Array(v), [1, v.length])
    );
    assertEquals([...await weight.getData()], [1, 2, 3, 4, 5, 6]);
    const optimizer = new AdamW(backend, [["weight", weight]], { max_grad_norm: 0 });
    const gradient = backend.run(
      weightGradient,
      dy,
      backend.floats(new Float32Array([1, 1, 1]), [1, 3]),
      backend.like(weight),
    );
    // The first step goes by the rate, against the sign of the gradient.
    await optimizer.step([[weight, gradient]], 0.5);
    const wanted = [0.5, 1.5, 2.5, 4.5, 5.5, 6.5];
    (await weight.getData()).forEach((value, i) => assertAlmostEquals(value, wanted[i], 1e-6));
    const used = [
      [backend.linear(x, weight), [0.5, 4.5]],
      [backend.run(linearInputs, dy, weight), [-4, -4, -4]],
      [backend.embed([{ ids, table: weight }]), [4.5, 5.5, 6.5]],
    ] as const;
    for (const [tensor, values] of used) {
      (await tensor.getData()).forEach((value, i) => assertAlmostEquals(value, values[i], 1e-6));
    }
    backend.dispose();
  });

  testOnBackend(device, "an optimizer goes on from its state, bit for bit", async () => {
    const backend = await openBackend(device);
    const make = (kind: "weight" | "floats", dims: number[]) =>
      backend[kind](new Float32Array([1, -2, 3, 4, 5, 6]), dims);
    const run = async (isStopped: boolean) => {
      const parameters = [["a", make("weight", [2, 3])], ["b", make("floats", [6])]] as const;
      let optimizer = new AdamW(backend, parameters, { weight_decay: 0.1 });
      for (const size of [1, -3, 2]) {
        const values = new Float32Array([size, 2, -1, size * size, 0, 7]);
        // The second parameter has no gradient in the first step.
        const gradients = parameters.slice(0, size === 1 ? 1 : 2).map(([, tensor]) =>
          [tensor, backend.like(tensor, values.slice())] as const
        );
        await optimizer.step(gradients, 0.1);
        if (!isStopped) continue;
        const { steps } = optimizer;
        const moments = await Promise.all(
          [...optimizer.moments()].map(async ([name, first, second, own]) =>
            [name, (await first.getData()).slice(), (await second.getData()).slice(), own] as const
          ),
        );
        assertEquals(moments.map(([name, , , own]) => [name, own]), [
          ["a", steps],
          ...steps > 1 ? [["b", steps - 1]] : [],
        ]);
        optimizer.dispose();
        optimizer = new AdamW(backend, parameters, { weight_decay: 0.1 });
        optimizer.restore(steps, moments);
      }
      assertEquals(optimizer.steps, 3);
      return await Promise.all(
        parameters.map(async ([, tensor]) => (await tensor.getData()).slice()),
      );
    };
    assertEquals(await run(true), await run(false));
    const optimizer = new AdamW(backend, [["a", make("floats", [6])]]);
    const few = [new Float32Array(2), new Float32Array(6)] as const;
    for (
      const [name, message] of [["a", "got 2 and 6 values, wanted 6"], ["c", "no such parameter"]]
    ) {
      assertThrows(() => optimizer.restore(1, [[name, ...few]]), RangeError, message);
    }
    backend.dispose();
  });

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

Deno.test("the bias of moments is corrected by the steps that a parameter had a gradient in", async () => {
  const backend = new CpuBackend();
  const [p, q] = [1, 2].map(() => backend.floats(Float32Array.of(1), [1, 1]));
  const optimizer = new AdamW(backend, [["p", p], ["q", q]], { max_grad_norm: 0 });
  for (let step = 1; step <= 5; step++) {
    await optimizer.step(
      [p, q].slice(0, step < 5 ? 1 : 2).map((tensor) =>
        [tensor, backend.floats(Float32Array.of(1), [1, 1])] as const
      ),
      0.1,
    );
  }
  // torch.optim.AdamW(lr=0.1, weight_decay=0), q.grad None in the first four steps (PyTorch 2).
  assertAlmostEquals((await p.getData())[0], 0.5, 1e-6);
  assertAlmostEquals((await q.getData())[0], 0.90000004, 1e-7);
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

Deno.test("gradients are clipped by the factor that torch has", async () => {
  const backend = new CpuBackend();
  const weight = backend.floats(new Float32Array(2), [2]);
  const gradient = backend.floats(new Float32Array([3, 4]), [2]);
  const factors: (number | undefined)[] = [];
  const run = backend.run.bind(backend);
  backend.run = (operation, ...args) => {
    if (operation.name !== "adamW") return run(operation, ...args);
    factors.push(args[4].factor);
    return undefined as never;
  };
  for (const max_grad_norm of [1, 10, 0]) {
    await new AdamW(backend, [["weight", weight]], { max_grad_norm }).step([[weight, gradient]], 1);
  }
  assertEquals(factors, [1 / (5 + 1e-6), 1, 1]);
  backend.dispose();
});

Deno.test("biases and weights of norms do not decay", () => {
  assert(decays("encoder.dense.weight", { dims: [2, 2] }));
  assert(!decays("encoder.dense.bias", { dims: [2] }));
  assert(!decays("encoder.LayerNorm.weight", { dims: [2] }));
  assert(!decays("relative_attention_bias.weight", { dims: [2, 2] }));
});
