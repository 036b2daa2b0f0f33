/** Weights that are given as integers, on the backends that hold them. */
import { assertEquals, assertThrows } from "@std/assert";
import { CpuBackend, quantizeWeights } from "../../cpu/mod.ts";
import { GpuBackend } from "../../gpu/mod.ts";
import type { Backend } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { assertSameBits } from "../helpers/compare.ts";

/** Around the edges of panels (8 rows), of the padding (64) and of blocks (768). */
const SHAPES = [
  ...[1, 7, 8, 9, 17].map((outputs) => [outputs, 70]),
  ...[1, 3, 4, 5, 63, 64, 65, 767, 768, 769, 832, 1536, 1537].map((inputs) => [9, inputs]),
];

const OPENED: Readonly<Record<string, () => Promise<Backend>>> = {
  webgpu: () => GpuBackend.open({ dtype: "q8" }),
  cpu: () => Promise.resolve(new CpuBackend({ dtype: "q8" })),
  relaxed: () => WasmBackend.open({ dtype: "q8", build: "relaxed", threads: 1 }),
  plain: () => WasmBackend.open({ dtype: "q8", build: "plain", threads: 1 }),
};

for (const [name, open] of Object.entries(OPENED)) {
  const device = name === "webgpu" || name === "cpu" ? name : "wasm";
  const build = device === "wasm" ? `${name}: ` : "";

  testOnBackend(
    device,
    `${build}integers are held as the weights that round to them`,
    async () => {
      const backend = await open();
      for (const [outputs, inputs] of SHAPES) {
        const random = new Random(outputs * 1000 + inputs);
        const values = random.normals(outputs * inputs);
        values.fill(0, 0, inputs); // a row whose step is 0
        const dims = [outputs, inputs];
        const x = backend.floats(random.normals(6 * inputs), [6, inputs]);
        const weights = [values, quantizeWeights(values, outputs, inputs)]
          .map((values) => backend.weight(values, dims));
        const [own, given] = await Promise.all(weights.map((weight) => weight.getData()));
        assertSameBits(given, own);
        const ids = backend.integers(new Int32Array([outputs - 1]), [1, 1]);
        const results = weights.flatMap((weight) => [
          backend.linear(x, weight),
          backend.embed([{ ids, table: weight }]),
        ]);
        const [product, row, same, sameRow] = await Promise.all(
          results.map((result) => result.getData()),
        );
        assertSameBits(same, product);
        assertSameBits(sameRow, row);
        [x, ids, ...weights, ...results].forEach((tensor) => tensor.dispose());
      }
      assertEquals(backend.memory().tensors, 0);
      backend.dispose();
    },
  );

  testOnBackend(device, `${build}integers that are no weights are refused`, async () => {
    const backend = await open();
    const good = quantizeWeights(new Float32Array(140).fill(1), 2, 70);
    const refused = (changed: object, message: string, dims = [2, 70]) =>
      assertThrows(() => backend.weight({ ...good, ...changed }, dims), RangeError, message);
    refused({}, "wanted 3 × 128", [3, 70]);
    refused({}, "rows of 70, wanted 2 × 64", [2, 64]);
    refused({ inputs: 71 }, "rows of 71");
    refused({ steps: new Float32Array(3) }, "3 steps, wanted 2 × 1");
    refused({ steps: new Float32Array([1, NaN]) }, "the step NaN at index 1");
    refused({ values: good.values.with(5, -128) }, "the integer -128 at index 5");
    assertEquals(backend.memory().tensors, 0);
    backend.dispose();
  });
}

Deno.test("integers are no weights of another data type", async () => {
  const integers = quantizeWeights(new Float32Array(64), 1, 64);
  for (const dtype of ["fp32", "fp16"] as const) {
    for (
      const backend of [new CpuBackend({ dtype }), await WasmBackend.open({ dtype, threads: 1 })]
    ) {
      assertThrows(() => backend.weight(integers, [1, 64]), TypeError, `dtype "${dtype}": wanted`);
      backend.dispose();
    }
  }
});
