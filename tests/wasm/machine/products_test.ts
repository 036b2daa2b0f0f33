import { assertEquals, assertRejects } from "@std/assert";
import { CpuBackend } from "../../../cpu/mod.ts";
import type { Backend } from "../../../ops/backend.ts";
import { Random } from "../../../tensor/random.ts";
import { type Products, WasmBackend } from "../../../wasm/mod.ts";
import { assertSame } from "../../ops/compared_backends.ts";
import { type Engine, onEngine } from "../emulate_products.ts";

/** The way that is chosen on each engine. */
const WAYS = { unsigned: "unsigned", signed: "signed", saturating: "words" } as const;
const ENGINES = Object.keys(WAYS) as Engine[];

/** Layers of each kernel, with the largest integers among their operands. */
async function layers(backend: Backend): Promise<Float32Array[]> {
  const random = new Random(7);
  const made = backend.scope(() =>
    [[1, 64, 8], [5, 832, 17], [3, 70, 75], [12, 1600, 69], [41, 768, 24], [161, 1537, 9]].flatMap((
      [rows, inputs, outputs],
    ) => {
      const values = random.normals(rows * inputs);
      values.fill(3, 0, inputs); // all rotated values of such a row are as large
      const matrix = random.normals(outputs * inputs);
      matrix.fill(-1, 0, inputs);
      matrix.fill(1, inputs, 2 * inputs);
      const x = backend.floats(values, [rows, inputs]);
      const up = {
        weight: backend.weight(matrix, [outputs, inputs]),
        bias: backend.floats(random.normals(outputs), [outputs]),
      };
      const down = { weight: backend.weight(random.normals(3 * outputs), [3, outputs]) };
      return [backend.linear(x, up.weight, up.bias), backend.feedForward(x, up, "relu", down)];
    })
  );
  const read = await Promise.all(made.map((tensor) => tensor.getData()));
  made.forEach((tensor) => tensor.dispose());
  return read;
}

for (const engine of ENGINES) {
  Deno.test(`wasm, q8: the reference's bits on an engine that is ${engine}`, async () => {
    const reference = new CpuBackend({ dtype: "q8" });
    const expected = await layers(reference);
    reference.dispose();
    await onEngine(engine, async () => {
      for (const threads of [1, 2]) {
        for (const products of [undefined, "words"] as const) {
          const backend = await WasmBackend.open({ threads, dtype: "q8", products });
          assertEquals(backend.products, products ?? WAYS[engine]);
          assertSame(await layers(backend), expected);
          backend.dispose();
        }
      }
    });
  });

  Deno.test(`wasm: other ways are refused on an engine that is ${engine}`, async () => {
    await onEngine(engine, async () => {
      const wrong = (["signed", "unsigned"] as const).filter((way) => way !== WAYS[engine]);
      for (const products of wrong) {
        await assertRejects(
          () => WasmBackend.open({ threads: 1, products }),
          RangeError,
          `as "${products}": wanted "${WAYS[engine]}"`,
        );
      }
    });
  });
}

Deno.test("wasm: products that there are not are refused", async () => {
  for (const products of ["bytes", "toString", 1]) {
    await assertRejects(
      () => WasmBackend.open({ threads: 1, products: products as Products }),
      RangeError,
      "Cannot multiply integers as",
    );
  }
  await assertRejects(
    () => WasmBackend.open({ threads: 1, build: "plain", products: "unsigned" }),
    RangeError,
    'wanted "words" on this engine',
  );
});
