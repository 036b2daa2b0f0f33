import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { ActivationName, Backend, DataType, Floats } from "../../../ops/backend.ts";
import { groupOf, linear, quantizeWeights } from "../../../cpu/mod.ts";
import { linearInputs } from "../../../ops/linear_inputs.ts";
import { decodeFloat16, encodeFloat16 } from "../../../tensor/float16.ts";
import { quantizedLayout } from "../../../tensor/quantized_layout.ts";
import { Random } from "../../../tensor/random.ts";
import { type Build, WasmBackend } from "../../../wasm/mod.ts";
import { assertSame, UNIT, within } from "../../ops/compared_backends.ts";
import { activationBound } from "../bounds.ts";
import { compareOnWasm, SMALLEST } from "../backends.ts";

const FORMS = ["fp32", "fp16", "q8"] as const;

/**
 * Around the edges of tiles (5 rows, 8 columns), of few rows (40) in streams of 8 panels, for one
 * row 2 or 4, and in steps of 24 and 64, of blocks of rows (160, 240) and of depth (512, 768), of
 * padding (64).
 */
const SHAPES = [
  ...[1, 2, 3, 4, 5, 6, 159, 160, 161, 239, 240, 241, 481].map((rows) => [rows, 7, 9]),
  ...[1, 2, 3, 4, 5, 511, 513, 704, 767, 768, 769, 832, 1535, 1536, 1537].map((n) => [6, n, 9]),
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17].map((outputs) => [11, 6, outputs]),
  ...[1, 2, 63, 64, 65, 770].map((inputs) => [1, inputs, 41]),
  ...[23, 24, 25, 63, 64, 65, 129].map((inputs) => [6, inputs, 65]),
  ...[56, 63, 64, 65, 72, 80, 129].flatMap((outputs) => [[1, 70, outputs], [5, 70, outputs]]),
  ...[2, 5, 6, 39, 40, 41].map((rows) => [rows, 130, 69]),
  ...[[0, 4, 3], [75, 3071, 8], [161, 769, 9], [41, 768, 8], [241, 1536, 17], [45, 320, 16]],
].map(([rows, inputs, outputs]) => ({ rows, inputs, outputs }));

function draw({ rows, inputs, outputs }: { rows: number; inputs: number; outputs: number }) {
  const random = new Random(rows * 1000 + inputs * 10 + outputs);
  const x = random.normals(rows * inputs);
  return { x, weight: random.normals(outputs * inputs), bias: random.normals(outputs) };
}

/** Integers, steps and sums are those of the reference, and so is each rounding after them. */
compareOnWasm("linear() with dtype q8 gives the reference's bits", async (backends, step) => {
  async function check(shape: typeof SHAPES[0], hasBias: boolean, activation?: ActivationName) {
    const { rows, inputs, outputs } = shape;
    const { x, weight, bias } = draw(shape);
    const offsets = hasBias ? bias : undefined;
    const sums = activation && linear(
      { x, weight: quantizeWeights(weight, outputs, inputs), bias: offsets },
      shape,
    );
    await backends.compare(
      JSON.stringify({ ...shape, hasBias, activation }),
      (backend) => [backend.linear(
        backend.floats(x, [rows, inputs]),
        backend.weight(weight, [outputs, inputs]),
        offsets && backend.floats(offsets, [outputs]),
        activation,
      )],
      sums ? within((y, i) => activationBound(activation, sums[i], y) + SMALLEST) : assertSame,
    );
  }

  await step("at every edge", async () => {
    for (const shape of SHAPES) await check(shape, true);
  });

  await step("without a bias and with each activation", async () => {
    for (const activation of [undefined, "gelu", "gelu_new", "relu", "silu", "tanh"] as const) {
      await check({ rows: 7, inputs: 9, outputs: 9 }, false, activation);
    }
  });

  await step(
    "of more outputs than a turn has columns, of more inputs than few rows have",
    async () => {
      await check({ rows: 23, inputs: 3, outputs: 3081 }, true);
      await check({ rows: 41, inputs: 3, outputs: 3081 }, false);
      await check({ rows: 40, inputs: 24_000, outputs: 3 }, true);
      // Which few rows still have, but for the steps beside them.
      await check({ rows: 5, inputs: 92_160, outputs: 3 }, true);
      await check({ rows: 40, inputs: 23_040, outputs: 3 }, true);
    },
  );

  await step("with the largest integers", async () => {
    const ones = new Float32Array(3 * 1536).fill(1);
    await backends.compare("±127 · ±127", (backend) => {
      const weight = backend.weight(ones, [3, 1536]);
      return [1, 3].map((rows) =>
        backend.linear(backend.floats(ones.slice(0, rows * 1536), [rows, 1536]), weight)
      );
    }, assertSame);
  });

  await step("of zeros, of almost nothing, of large numbers, of NaN and infinities", async () => {
    const rows = [
      ...[[0, 0, 0], [1e-40, -1e-31, 0], [3e38, -1e38, 0], [1e-30, 2e-30, 3e-30]],
      ...[[NaN, 1, 2], [Infinity, 1, 2], [1, -Infinity, 2], [-5, -5, -5]],
    ];
    const weight = new Float32Array([0.1, 0.2, -0.3, 0, 0, 0, 1e-40, 0, 1e-35, -0.5, 0.1, 0.1]);
    for (const count of [rows.length, 8 * rows.length]) {
      const x = Float32Array.from({ length: count * 3 }, (_, i) => rows.flat()[i % 24]);
      await backends.compare(
        `${count} rows of all kinds`,
        (backend) => [
          backend.linear(backend.floats(x, [count, 3]), backend.weight(weight, [4, 3])),
        ],
        ([actual], [expected]) => {
          assertEquals(actual, expected); // takes NaN for NaN
          expected.forEach((y, i) => {
            assertEquals(Number.isNaN(y), i % 32 >= 16 && i % 32 < 28, `${i}`);
          });
        },
      );
    }
  });
}, "q8");

/**
 * Sums of outputs of float32 numbers, then six butterflies; the reference's weights have come
 * through seven roundings, and its result through one. Each is off by a unit of the largest of its
 * block: all of a group's rotated weights add up to at most `group · 127` steps a row, times dy.
 */
compareOnWasm("linearInputs() with dtype q8", async (backends, step) => {
  const shapes = [
    ...[[1, 1, 1], [5, 63, 7], [6, 64, 8], [4, 65, 9], [161, 130, 17]],
    ...[[3, 767, 5], [3, 769, 767], [6, 1537, 769], [2, 832, 0]],
  ];
  for (const [rows, inputs, outputs] of shapes) {
    await step(`${rows} × ${inputs} × ${outputs}`, async () => {
      const { weight } = draw({ rows: 0, inputs, outputs });
      const dy = new Random(5).normals(rows * outputs);
      const { steps } = quantizeWeights(weight, outputs, inputs);
      const { padded, blocks } = quantizedLayout(inputs);
      const bound = (_: number, i: number) => {
        const [row, block] = [Math.floor(i / inputs), Math.floor(i % inputs / 768)];
        const group = groupOf(Math.min(768, padded - block * 768));
        let size = 0;
        for (let o = 0; o < outputs; o++) {
          size += Math.abs(dy[row * outputs + o]) * 127 * group * steps[o * blocks + block];
        }
        return (outputs + 1 + 6 + 7 + 1) * UNIT * size;
      };
      await backends.compare("dy · W", (backend) => [
        backend.run(
          linearInputs,
          backend.floats(dy, [rows, outputs]),
          backend.weight(weight, [outputs, inputs]),
        ),
      ], within(bound));
    });
  }
}, "q8");

/** The same kernels on the same rows, in other blocks: no bit differs. */
compareOnWasm("feedForward() with dtype q8 is two linear layers", async (backends, step) => {
  for (
    const [rows, inputs, inner] of [[1, 7, 11], [161, 7, 11], [41, 768, 1536], [41, 769, 3073], [
      42,
      63,
      767,
    ]]
  ) {
    await step(`${rows} rows`, async () => {
      const up = draw({ rows, inputs, outputs: inner });
      const down = draw({ rows: 0, inputs: inner, outputs: 9 });
      for (const backend of backends.all) {
        const kept = backend.scope(() => {
          const x = backend.floats(up.x, [rows, inputs]);
          const wide = {
            weight: backend.weight(up.weight, [inner, inputs]),
            bias: backend.floats(up.bias, [inner]),
          };
          const narrow = { weight: backend.weight(down.weight, [9, inner]) };
          return [
            backend.feedForward(x, wide, "gelu", narrow),
            backend.linear(backend.linear(x, wide.weight, wide.bias, "gelu"), narrow.weight),
          ];
        });
        assertSame([await kept[0].getData()], [await kept[1].getData()]);
        kept.forEach((tensor) => tensor.dispose());
      }
    });
  }
}, "q8");

/** Runs on both builds, on one thread and on two. */
function testOnAll(
  name: string,
  dtype: DataType,
  body: (backend: WasmBackend, build: Build, threads: number) => Promise<void> | void,
): void {
  for (const build of ["relaxed", "plain"] as const) {
    for (const threads of [1, 2]) {
      Deno.test(`wasm, ${dtype}: ${name}, ${build}, ${threads} threads`, async () => {
        const backend = await WasmBackend.open({ build, threads, dtype });
        try {
          await body(backend, build, threads);
        } finally {
          backend.dispose();
        }
      });
    }
  }
}

testOnAll(
  "layers give the bits of fp32 with rounded weights",
  "fp16",
  async (backend, build, threads) => {
    const plain = await WasmBackend.open({ build, threads });
    for (const shape of SHAPES) {
      const { rows, inputs, outputs } = shape;
      const { x, weight, bias } = draw(shape);
      const down = new Random(1).normals(3 * outputs);
      const rounded = (values: Float32Array) => decodeFloat16(encodeFloat16(values));
      const layers = async (backend: Backend, form: (values: Float32Array) => Float32Array) => {
        const [linear, forward] = backend.scope(() => {
          const rowsOfX = backend.floats(x, [rows, inputs]);
          const wide = {
            weight: backend.weight(form(weight), [outputs, inputs]),
            bias: backend.floats(bias, [outputs]),
          };
          const narrow = { weight: backend.weight(form(down), [3, outputs]) };
          return [
            backend.linear(rowsOfX, wide.weight, wide.bias, "gelu"),
            backend.feedForward(rowsOfX, wide, "relu", narrow),
          ];
        });
        return [await linear.getData(), await forward.getData()];
      };
      assertSame(await layers(backend, (values) => values), await layers(plain, rounded));
    }
    plain.dispose();
  },
);

for (const dtype of FORMS) {
  compareOnWasm(
    `embed() and getData() with dtype ${dtype} give the reference's bits`,
    async (backends) => {
      for (const [rows, width] of [[1, 1], [8, 3], [9, 5], [17, 6], [3, 64], [2, 833]]) {
        const random = new Random(rows);
        const values = random.normals(rows * width).map((value, i) => value * 10 ** (i % 9 - 7));
        const ids = Int32Array.from({ length: 6 }, (_, i) => i * 5 % rows);
        await backends.compare(`${rows} × ${width}`, (backend) => {
          const table = backend.weight(values, [rows, width]);
          const plain = backend.floats(values, [rows, width]);
          const places = backend.integers(ids, [1, 6]);
          const lookups = [table, plain, table].map((table) => ({ ids: places, table }));
          return [backend.embed(lookups), backend.embed(lookups.toReversed().slice(1)), table];
        }, assertSame);
      }
    },
    dtype,
  );

  testOnAll("weights take what their form needs, and give it back", dtype, (backend) => {
    const weight = backend.weight(new Float32Array(9 * 5), [9, 5]);
    // Two panels of 8 rows: 5 floats, 5 halves; or 64 integers, a step and a start.
    const bytes = 2 * 8 * { fp32: 5 * 4, fp16: 5 * 2, q8: 64 + 4 + 4 }[dtype];
    assertEquals(backend.memory(), { tensors: 1, bytes });
    weight.dispose();
    weight.dispose();
    assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
    assertEquals(backend.dtype, dtype);
  });

  testOnAll("layers of different forms work together", dtype, async (backend) => {
    const { x, weight, bias } = draw({ rows: 6, inputs: 7, outputs: 9 });
    const rows = backend.floats(x, [6, 7]);
    const up = { weight: backend.weight(weight, [9, 7]), bias: backend.floats(bias, [9]) };
    const down = { weight: backend.floats(weight, [7, 9]) };
    const before = backend.memory().tensors;
    const y = backend.feedForward(rows, up, "relu", down);
    assertEquals(backend.memory().tensors, before + 1);
    const between = backend.linear(rows, up.weight, up.bias, "relu");
    assertSame([await y.getData()], [await backend.linear(between, down.weight).getData()]);
  });

  testOnAll("what does not fit is refused", dtype, async (backend) => {
    const largest = dtype === "fp16" ? 65505 : 2.6e33;
    for (const value of dtype === "fp32" ? [] : [largest, -largest, Infinity, NaN]) {
      const values = new Float32Array(18).fill(1);
      values[17] = value;
      assertThrows(() => backend.weight(values, [9, 2]), RangeError, `with dtype "${dtype}"`);
    }
    assertThrows(() => backend.weight(new Float32Array(3), [2, 2]), RangeError, "[2,2]");
    assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
    const weight = backend.weight(new Float32Array(4), [2, 2]);
    const x = backend.floats(new Float32Array(4), [1, 2, 2]);
    const flat = weight.reshape([1, 4]);
    const wide = backend.floats(new Float32Array(4), [1, 4]);
    assertThrows(() => backend.linear(wide, flat), TypeError, "shape [2,2] as [1,4]");
    assertThrows(() => backend.add(x, weight.reshape([1, 2, 2])), TypeError, "wanted linear");
    const other = await WasmBackend.open({ threads: 1, dtype });
    const strange: Floats = other.weight(new Float32Array(4), [2, 2]);
    assertThrows(() => backend.linear(x, strange), TypeError, "belongs to another backend");
    other.dispose();
    weight.dispose();
    assertThrows(() => backend.linear(x, weight), Error, "was disposed");
    await assertRejects(() => weight.getData(), Error, "was disposed");
  });
}

Deno.test("wasm, fp16: all half-precision numbers are packed and read as they are", async () => {
  const bits = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((b) =>
    (b & 0x7c00) < 0x7c00
  );
  const exact = decodeFloat16(bits);
  const between = exact.map((value, i) => (value + exact[Math.min(i + 1, exact.length - 1)]) / 2);
  const below = between.map((value) => value * (1 - 2 ** -20));
  const backend = await WasmBackend.open({ threads: 1, dtype: "fp16" });
  for (const values of [exact, between, below]) {
    const wanted = decodeFloat16(encodeFloat16(values));
    assertSame([await backend.weight(values, [1, values.length]).getData()], [wanted]);
  }
  backend.dispose();
});

Deno.test("wasm: weights in half precision are held as the floats that they are", async () => {
  for (const build of ["relaxed", "plain"] as const) {
    for (const dtype of FORMS) {
      const backend = await WasmBackend.open({ threads: 1, build, dtype });
      for (
        const [outputs, inputs] of [[1, 1], [1, 9], [7, 3], [8, 8], [9, 65], [17, 770], [0, 5]]
      ) {
        // All bits of finite numbers, subnormal ones too, wherever they stand in a row.
        const bits = Uint16Array.from({ length: outputs * inputs }, (_, i) => i * 4099 & 0xbbff);
        const held = backend.weight(bits, [outputs, inputs]);
        const floats = backend.weight(decodeFloat16(bits), [outputs, inputs]);
        assertEquals(await held.getData(), await floats.getData());
        held.dispose();
        floats.dispose();
      }
      assertThrows(() => backend.weight(new Uint16Array(3), [2, 2]), RangeError, "3 values");
      assertEquals(backend.memory().tensors, 0);
      backend.dispose();
    }
  }
});
