/** Attention with dropout of its weights, and its gradients. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { openBackend } from "../../device.ts";
import { everything, slidingWindow } from "../../ops/span.ts";
import type { Backend } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import { subkey, wordAt } from "../../tensor/counter_words.ts";
import { Tape } from "../../training/tape.ts";
import { UNIT } from "../../verify/bounds.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { checkDifferences } from "../helpers/differences.ts";
import { dropped } from "../helpers/dropped.ts";
import { Float64Backend } from "../helpers/float64_backend.ts";
import { TRAINED_ATTENTIONS, type TrainedAttention } from "../helpers/trained_attentions.ts";

const RATE = 0.3;

/** The backends that drop weights. */
const DEVICES = ["cpu", "wasm", "webgpu"] as const;

for (const { name, dims, compute, tokens } of TRAINED_ATTENTIONS) {
  Deno.test(`gradients with dropout: ${name}`, async () => {
    const drops = (on: Backend, operands: Parameters<typeof compute>[1]) =>
      compute(dropped(on, RATE), operands);
    await checkDifferences(dims, drops, dims.length + tokens);
  });
}

/** The output and the gradients by all operands. */
async function passOf(
  backend: Backend,
  { dims, compute, tokens }: TrainedAttention,
): Promise<Float32Array[]> {
  const random = new Random(tokens);
  const operands = dims.map((of) =>
    backend.floats(random.normals(of.reduce((a, b) => a * b, 1)), of)
  );
  const tape = new Tape(backend, operands);
  const output = backend.scope(() => compute(dropped(tape, RATE), operands));
  const seed = backend.floats(random.normals(output.size), output.dims);
  await tape.backward([output, seed]);
  const sums = new Map(tape.gradients);
  const values = [(await output.getData()).slice()];
  for (const operand of operands) {
    values.push((await sums.get(operand)?.getData())?.slice() ?? new Float32Array(operand.size));
  }
  [output, seed, ...operands].forEach((tensor) => tensor.dispose());
  tape.dispose();
  return values;
}

const largest = (values: Float32Array) =>
  values.reduce((size, value) => Math.max(size, Math.abs(value)), 0);

for (const device of DEVICES) {
  testOnBackend(
    device,
    "attention with dropout, and its gradients, are those of float64",
    async () => {
      const [backend, exact] = [await openBackend(device), new Float64Backend()];
      for (const pattern of TRAINED_ATTENTIONS) {
        const [made, wanted] = [await passOf(backend, pattern), await passOf(exact, pattern)];
        made.forEach((values, i) => {
          // As without dropout (attention_backends_test.ts); factors make terms 1/(1 − rate) as large.
          const most = (2 * 11 * 30 + 250 + 40) * UNIT * Math.max(1, largest(wanted[i])) /
            (1 - RATE);
          values.forEach((value, at) => {
            if (Math.abs(value - wanted[i][at]) <= most) return;
            throw new Error(`${pattern.name}, ${i} at ${at}: ${value}, wanted ${wanted[i][at]}`);
          });
        });
      }
      assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
      backend.dispose();
      exact.dispose();
    },
  );

  testOnBackend(
    device,
    "words decide on the entries of all sources of a part, in each row",
    async () => {
      const backend = await openBackend(device);
      const [batch, rows, heads, count] = [2, 70, 2, 40];
      const dropout = { rate: 0.25, key: 77 };
      // All scores are 0: a row of n visible entries gives each 1/n, and values tell which it is.
      const query = backend.floats(new Float32Array(batch * rows * heads), [batch, rows, heads]);
      const keys = backend.floats(new Float32Array(batch * count * heads), [batch, count, heads]);
      const [low, high] = [0, 12].map((first) =>
        backend.floats(
          Float32Array.from(
            { length: batch * count * heads },
            (_, i) => {
              const entry = Math.floor(i / heads) % count - (count - 12);
              return entry >= 0 ? 2 ** (entry + first) : 0;
            },
          ),
          [batch, count, heads],
        )
      );
      const first = count - 12;
      const span = slidingWindow(70, 0);
      const parts = [
        { first: 0, count: 3, sources: [] },
        {
          first: 3,
          count: rows - 3,
          position: 1,
          sources: [
            { keys, values: low, first, count: 12, spans: [everything(12)] },
            { keys, values: high, first, count: 12, spans: [span] },
          ],
        },
      ];
      const output = backend.attend(query, parts, { heads, dropout });
      const values = await output.getData();
      let kept = 0, seen = 0;
      for (let b = 0; b < batch; b++) {
        for (let row = 3; row < rows; row++) {
          for (let h = 0; h < heads; h++) {
            const key = subkey(dropout.key, (b * heads + h) * rows + row);
            const position = 1 + row - 3;
            const visible = 12 +
              Math.max(0, Math.min(12, position + 1) - Math.max(0, position - 70));
            let wanted = 0;
            for (let entry = 0; entry < 24; entry++) {
              const isSeen = entry < 12 || entry - 12 <= position && entry - 12 >= position - 70;
              if (!isSeen) continue;
              seen++;
              if (wordAt(key, entry) < 2 ** 30) continue;
              kept++;
              wanted += 2 ** entry;
            }
            const made = values[(b * rows + row) * heads + h] * visible * 0.75;
            // 24 bits tell 24 entries apart, if sums are exact but for the last division.
            assert(Math.abs(made - wanted) <= 16 * UNIT * wanted + 0, `${b} ${row} ${h}: ${made}`);
          }
        }
      }
      assert(
        Math.abs(kept / seen - 0.75) < 5 * Math.sqrt(0.25 * 0.75 / seen),
        `${kept} of ${seen}`,
      );
      backend.dispose();
    },
  );
}

Deno.test("dropout that keeps everything changes nothing, other keys drop others", async () => {
  const backend = await openBackend("cpu");
  const x = backend.floats(new Random(1).normals(40), [1, 5, 8]);
  const source = { keys: x, values: x, first: 0, count: 5, spans: [everything(5)] };
  const parts = [{ first: 0, count: 5, sources: [source] }];
  const run = (dropout?: { rate: number; key: number }) =>
    backend.attend(x, parts, { heads: 2, dropout }).data;
  assertEquals(run({ rate: 0, key: 3 }), run());
  assertNotEquals(run({ rate: 0.5, key: 3 }), run());
  assertNotEquals(run({ rate: 0.5, key: 3 }), run({ rate: 0.5, key: 4 }));
  backend.dispose();
});

Deno.test("wasm: attention with dropout is the same bits on one thread and on two", async () => {
  const { WasmBackend } = await import("../../wasm/mod.ts");
  const [one, two] = [
    await WasmBackend.open({ threads: 1 }),
    await WasmBackend.open({ threads: 2 }),
  ];
  for (const pattern of TRAINED_ATTENTIONS) {
    assertEquals(await passOf(two, pattern), await passOf(one, pattern), pattern.name);
  }
  one.dispose();
  two.dispose();
});

testOnBackend(
  "wasm",
  "words decide alike where tiles end, forward and on the way back",
  async () => {
    const [batch, rows, heads, width, count] = [1, 140, 2, 8, 331];
    const draw = (seed: number, n: number) => new Random(seed).normals(batch * n * heads * width);
    const passOn = async (on: Backend) => {
      const dims = (n: number) => [batch, n, heads * width];
      const operands = [draw(1, rows), draw(2, count), draw(3, count)];
      const [query, keys, values] = operands.map((v) =>
        on.floats(v, dims(v.length / heads / width))
      );
      const spans = [everything(200), { ...slidingWindow(20, 100), start: 190, end: 331 }];
      const parts = spans.map((span, i) => ({
        ...{ first: 70 * i, count: 70, position: 70 * i },
        sources: [{ keys, values, first: 0, count, spans: [span] }],
      }));
      const tape = new Tape(on, [query, keys, values]);
      const output = tape.attend(query, parts, { heads, dropout: { rate: RATE, key: 5 } });
      await tape.backward([output, on.floats(draw(4, rows), output.dims)]);
      const sums = tape.gradients.map(([, sum]) => sum);
      return await Promise.all([output, ...sums].map((tensor) => tensor.getData()));
    };
    const [backend, reference] = [await openBackend("wasm"), await openBackend("cpu")];
    const [made, wanted] = [await passOn(backend), await passOn(reference)];
    assertEquals(made.length, 4);
    made.forEach((values, i) => {
      // Sums of at most 331 terms, weights off by 250 units as above.
      const most = (331 + 250 + 40) * UNIT * Math.max(1, largest(wanted[i])) / (1 - RATE);
      values.forEach((value, at) => {
        const error = Math.abs(value - wanted[i][at]);
        assert(error <= most, `${i} at ${at}: ${value}, wanted ${wanted[i][at]}`);
      });
    });
    [backend, reference].forEach((on) => on.dispose());
  },
);
