import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { everything, slidingWindow } from "../../../attention/mod.ts";
import type { Backend } from "../../../ops/backend.ts";
import { quantizeHeads } from "../../../ops/quantize_heads.ts";
import { Random } from "../../../tensor/random.ts";
import { WasmBackend } from "../../../wasm/mod.ts";
import { assertSame } from "../../ops/compared_backends.ts";
import { type Engine, onEngine } from "../emulate_products.ts";

Deno.test("WasmBytes takes a quarter of floats, and is freed once", async () => {
  const backend = await WasmBackend.open({ threads: 1 });
  const x = backend.floats(new Float32Array(2 * 3 * 768).fill(1), [2, 3, 768]);
  const before = backend.memory().bytes;
  const held = backend.run(quantizeHeads, x, { heads: 12 });
  assertEquals(backend.memory().bytes - before, 2 * 3 * 832);
  held.dispose();
  held.dispose();
  assertEquals(backend.memory().bytes, before);
  await assertRejects(async () => await held.getData(), Error, "disposed");
  const source = { keys: held, values: x, first: 0, count: 3, spans: [everything(3)] };
  const attend = () =>
    backend.attend(x, [{ first: 0, count: 3, sources: [source] }], { heads: 12 });
  assertThrows(attend, Error, "disposed");
  backend.dispose();
});

/** Attention to keys in 8 bits by tiles and by rows, with the largest integers among them. */
async function attentions(backend: Backend): Promise<Float32Array[]> {
  const random = new Random(3);
  const made = backend.scope(() =>
    [[3, 40, 64, 2], [5, 70, 16, 3], [37, 37, 24, 2], [130, 170, 64, 1]].flatMap(
      ([queries, keys, width, heads]) => {
        const row = heads * width;
        const [q, k, v] = [queries, keys, keys].map((rows) => random.normals(rows * row));
        q.fill(-2, 0, row);
        k.fill(2, 0, row);
        k.fill(-2, row, 2 * row);
        const query = backend.floats(q, [1, queries, row]);
        const [held, values] = [k, v].map((x) =>
          backend.run(quantizeHeads, backend.floats(x, [1, keys, row]), { heads })
        );
        return [[everything(keys)], [slidingWindow(9, 8)]].map((spans) => {
          const source = { keys: held, values, first: 0, count: keys, spans };
          const part = { first: 0, count: queries, sources: [source] };
          return [part, { ...part, weights: "q8" as const }].map((part) =>
            backend.attend(query, [part], { heads })
          );
        }).flat();
      },
    )
  );
  const read = await Promise.all(made.map((tensor) => tensor.getData()));
  made.forEach((tensor) => tensor.dispose());
  return read;
}

for (const engine of ["unsigned", "signed", "saturating"] as Engine[]) {
  Deno.test(`wasm: scores and weights have the same bits on an engine that is ${engine}`, async () => {
    const plain = await WasmBackend.open({ threads: 1, build: "relaxed", products: "words" });
    const expected = await attentions(plain);
    plain.dispose();
    await onEngine(engine, async () => {
      for (const threads of [1, 2]) {
        const backend = await WasmBackend.open({ threads, build: "relaxed" });
        assertSame(await attentions(backend), expected);
        backend.dispose();
      }
    });
  });
}
