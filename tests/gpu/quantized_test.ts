/** Weights of the data type "q8" on WebGPU, held against the reference's. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { CpuBackend, quantizeRow, quantizeWeights } from "../../cpu/mod.ts";
import { Machine } from "../../gpu/machine/machine.ts";
import { GpuStorage } from "../../gpu/machine/storage.ts";
import { GpuBackend } from "../../gpu/mod.ts";
import { QuantizedWeight } from "../../gpu/quantized_weight.ts";
import { quantizedProduct } from "../../gpu/quantized_linear.ts";
import { type QuantizedBuffers, quantizedWords, quantizeRows } from "../../gpu/quantize_rows.ts";
import { quantizedLayout } from "../../tensor/quantized_layout.ts";
import type { Backend, Floats } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import { UNIT } from "../../verify/bounds.ts";
import { testOnGpu } from "./backends.ts";

const draw = (count: number, seed = count) => new Random(seed).normals(count);

/** Memory for rows in 8 bits. */
function allocate(machine: Machine, rows: number, inputs: number): QuantizedBuffers {
  const words = quantizedWords(rows, inputs);
  const buffer = (count: number) => machine.allocate(4 * count, false);
  return { integers: buffer(words.integers), steps: buffer(words.steps) };
}

/** Reads rows in 8 bits. */
async function read(
  machine: Machine,
  { integers, steps }: QuantizedBuffers,
  rows: number,
  inputs: number,
) {
  const { padded, blocks } = quantizedLayout(inputs);
  const [bytes, floats] = await machine.read([
    { buffer: integers, bytes: rows * padded },
    { buffer: steps, bytes: 4 * rows * blocks },
  ]);
  return { values: new Int8Array(bytes), steps: new Float32Array(floats) };
}

testOnGpu("rows and weights become the reference's integers and steps, bit for bit", async () => {
  const machine = await Machine.open({});
  const upload = (values: Float32Array) => {
    const buffer = machine.allocate(values.byteLength, true);
    machine.write(buffer, values);
    return buffer;
  };
  const all = [1, 3, 64, 65, 100, 192, 767, 768, 769, 1536, 1600, 3072].map((inputs) => {
    const rows = 5;
    const x = draw(rows * inputs, inputs);
    x.fill(0, 0, inputs); // a row of zeros
    // Rows of very large, of very small and of nearly no values.
    for (const [row, size] of [[1, 2 ** 100], [2, 2 ** -90], [3, 2 ** -110]]) {
      for (let i = 0; i < inputs; i++) x[row * inputs + i] *= size;
    }
    const buffer = upload(x);
    const [own, weights] = [allocate(machine, rows, inputs), allocate(machine, rows + 2, inputs)];
    machine.record(
      quantizeRows({ x: buffer, rows, inputs }, own),
      quantizeRows({ x: buffer, rows: rows - 1, inputs, first: 1 }, weights, { first: 3 }),
    );
    return {
      x,
      rows,
      inputs,
      read: Promise.all([
        read(machine, own, rows, inputs),
        read(machine, weights, rows + 2, inputs),
      ]),
    };
  });
  for (const { x, rows, inputs, read } of all) {
    const [own, weights] = await read;
    const { padded, blocks } = quantizedLayout(inputs);
    for (let row = 0; row < rows; row++) {
      const wanted = quantizeRow(x.subarray(row * inputs, (row + 1) * inputs));
      assertEquals(own.values.subarray(row * padded, (row + 1) * padded), wanted.values);
      assertEquals(own.steps.subarray(row * blocks, (row + 1) * blocks), wanted.steps);
    }
    const wanted = quantizeWeights(x.subarray(inputs), rows - 1, inputs);
    assertEquals(weights.values.subarray(3 * padded), wanted.values);
    assertEquals(weights.steps.subarray(3 * blocks), wanted.steps);
  }
  for (const value of [NaN, Infinity, -Infinity]) {
    const to = allocate(machine, 1, 3);
    machine.record(
      quantizeRows({ x: upload(new Float32Array([1, value, 2])), rows: 1, inputs: 3 }, to),
    );
    const { values, steps } = await read(machine, to, 1, 3);
    assertEquals([values.some((each) => each !== 0), [...steps]], [false, [NaN]]);
  }
  machine.dispose();
});

testOnGpu("weights that were rounded before are held as they are", async () => {
  const machine = await Machine.open({ dtype: "q8" });
  const weights = quantizeWeights(draw(5 * 900), 5, 900);
  const held = new QuantizedWeight(machine, weights, [5, 900]);
  assertEquals(
    await read(machine, held.buffersOf(5, 900), 5, 900),
    { values: weights.values, steps: weights.steps },
  );
  held.dispose();
  assertEquals(machine.memory(), { tensors: 0, bytes: 0 });
  machine.dispose();
});

testOnGpu("products of bytes that WGSL has none of are the same", async () => {
  const machine = await Machine.open({});
  for (const rows of [3, 66]) {
    const [inputs, outputs] = [900, 70];
    const operands = [draw(rows * inputs, 1), draw(outputs * inputs, 2)].map((values, i) => {
      const x = new GpuStorage(machine, "float32", [values.length], values).buffer;
      const to = allocate(machine, i === 0 ? rows : outputs, inputs);
      machine.record(quantizeRows({ x, rows: i === 0 ? rows : outputs, inputs }, to));
      return to;
    });
    const [packed, plain] = await Promise.all([true, false].map((hasPackedDot) => {
      const y = new GpuStorage(machine, "float32", [rows, outputs]);
      machine.record(quantizedProduct(
        { x: operands[0], weight: operands[1], bias: undefined, y: { buffer: y.buffer, first: 0 } },
        { rows, inputs, outputs },
        hasPackedDot,
      ));
      return y.read();
    }));
    assertEquals(packed, plain);
    assert(packed.some((value) => Math.abs(value) > 1));
  }
  machine.dispose();
});

/** Runs a call on both backends. */
async function compare(
  backends: readonly Backend[],
  call: (backend: Backend) => Floats,
  bound: number,
  name: string,
): Promise<void> {
  const [wanted, actual] = await Promise.all(backends.map(async (backend) => {
    const y = backend.scope(() => call(backend));
    const values = await y.getData();
    y.dispose();
    return values;
  }));
  assertEquals(actual.length, wanted.length, name);
  wanted.forEach((value, i) => {
    if (Math.abs(actual[i] - value) <= bound) return;
    throw new Error(`${name}: value ${i} is ${actual[i]}, wanted ${value} within ${bound}`);
  });
}

testOnGpu("q8 on webgpu is q8 on the reference", async (t) => {
  const gpu = await GpuBackend.open({ dtype: "q8" });
  const backends = [new CpuBackend({ dtype: "q8" }), gpu];

  await t.step("linear(), of few rows and in tiles", async () => {
    // Integers and their sums are exact. A block is scaled by two products and added: three
    // roundings of what adds up to less than the rows' norms, √inputs.
    for (const rows of [1, 8, 9, 65]) {
      for (const [inputs, outputs] of [[5, 3], [64, 64], [768, 65], [777, 130], [2304, 9]]) {
        const bound = 3 * (quantizedLayout(inputs).blocks + 1) * UNIT * 4 * inputs;
        const [x, weight, bias] = [rows * inputs, outputs * inputs, outputs].map((n, i) =>
          draw(n, i)
        );
        await compare(
          backends,
          (backend) =>
            backend.linear(
              backend.floats(x, [rows, inputs]),
              backend.weight(weight, [outputs, inputs]),
              rows === 8 ? undefined : backend.floats(bias, [outputs]),
              rows === 65 ? "relu" : undefined,
            ),
          bound,
          `${rows}×${inputs}×${outputs}`,
        );
      }
    }
  });

  await t.step("linear() gives a row the same bits however many rows are beside it", async () => {
    for (const [inputs, outputs] of [[100, 9], [900, 70], [2304, 5]]) {
      const x = draw(129 * inputs, 1);
      const made = gpu.scope(() => {
        const weight = gpu.weight(draw(outputs * inputs, 2), [outputs, inputs]);
        const bias = gpu.floats(draw(outputs, 3), [outputs]);
        return [129, 1, 2, 3, 4, 5, 6, 7, 8, 9, 33].map((rows) =>
          gpu.linear(gpu.floats(x.slice(0, rows * inputs), [rows, inputs]), weight, bias)
        );
      });
      const [most, ...others] = await Promise.all(made.map((y) => y.getData()));
      others.forEach((values) => assertEquals(values, most.slice(0, values.length)));
      made.forEach((y) => y.dispose());
    }
  });

  await t.step("embed(), and reading weights back", async () => {
    const [words, positions] = [draw(7 * 100, 1), draw(5 * 100, 2)];
    // Six roundings of a rotation, of numbers up to 8·4, and sums of two.
    const bound = 8 * UNIT * 64;
    await compare(
      backends,
      (backend) =>
        backend.embed([
          {
            ids: backend.integers(new Int32Array([6, 0, 3, 3, 1, 2]), [2, 3]),
            table: backend.weight(words, [7, 100]),
            scale: 0.5,
          },
          {
            ids: backend.integers(new Int32Array([4, 0, 1]), [1, 3]),
            table: backend.weight(positions, [5, 100]),
          },
          {
            ids: backend.integers(new Int32Array([1, 0, 1]), [1, 3]),
            table: backend.floats(positions, [5, 100]),
          },
        ]),
      bound,
      "embed",
    );
    await compare(backends, (backend) => backend.weight(words, [7, 100]), bound, "weights");
  });

  await t.step("feedForward()", async () => {
    // Inner values are the same bits: of one block and no bias nothing but products is rounded. So
    // are their integers, and the second product is off as in linear().
    const [rows, inputs, inner, outputs] = [9, 100, 800, 20];
    const bound = 3 * (quantizedLayout(inner).blocks + 1) * UNIT * 4 * inner * Math.sqrt(inputs);
    const [x, up, down] = [rows * inputs, inner * inputs, outputs * inner].map((n, i) =>
      draw(n, i)
    );
    await compare(
      backends,
      (backend) =>
        backend.feedForward(
          backend.floats(x, [rows, inputs]),
          { weight: backend.weight(up, [inner, inputs]) },
          "relu",
          { weight: backend.weight(down, [outputs, inner]), bias: backend.floats(draw(20), [20]) },
        ),
      bound,
      "feedForward",
    );
  });

  await t.step("feedForward() takes some rows after the others", async () => {
    // 2²³ values between the layers: 128 of these rows.
    const [rows, inputs, inner] = [129, 1, 2 ** 16];
    const [up, down] = [draw(inner, 1), draw(inner, 2)].map((values, i) =>
      gpu.weight(values, i === 0 ? [inner, inputs] : [1, inner])
    );
    const x = draw(rows, 3);
    const run = async (values: Float32Array) => {
      const before = gpu.counts.launches;
      const y = gpu.scope(() =>
        gpu.feedForward(gpu.floats(values, [values.length, 1]), { weight: up }, "relu", {
          weight: down,
        })
      );
      const result = await y.getData();
      y.dispose();
      return { result, launches: gpu.counts.launches - before };
    };
    await run(x.subarray(128)); // the weights, too
    const [all, one] = [await run(x), await run(x.subarray(128))];
    assertEquals([all.launches, one.launches], [8, 4]);
    assertEquals(all.result[128], one.result[0]);
    [up, down].forEach((tensor) => tensor.dispose());
  });

  await t.step("weights take a quarter of the memory, and nothing stays", async () => {
    const before = gpu.memory();
    const weight = gpu.weight(draw(768 * 768), [768, 768]);
    await weight.getData();
    assertEquals(gpu.memory().bytes - before.bytes, 768 * 768 + 4 * 768);
    const plain = gpu.floats(new Float32Array(768 * 768), [768, 768]);
    assertThrows(() => gpu.add(weight, plain), TypeError, 'weights with dtype "q8"');
    assertThrows(
      () => gpu.linear(plain.reshape([1536, 384]), weight.reshape([1536, 384])),
      TypeError,
      "Cannot use weights",
    );
    assertThrows(() => gpu.weight(new Float32Array([2 ** 120]), [1, 1]), RangeError, '"q8"');
    weight.dispose();
    plain.dispose();
    assertEquals(gpu.memory(), before);
  });

  backends.forEach((backend) => backend.dispose());
});
