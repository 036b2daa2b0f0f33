import { assertEquals } from "@std/assert";
import { assertSame, type Steps } from "./compared_backends.ts";
import { WIDTHS } from "./rows.ts";
import { writeRows } from "../../ops/write_rows.ts";

/** Row indices of a sequence, none of them twice, some of them −1. */
function drawDistinct(count: number, rows: number, first: number): number[] {
  return Array.from({ length: count }, (_, i) => i % 3 === 1 ? -1 : (first + i) % rows);
}

/** Rows that are written into others in place. */
export const writeRowsCases: Steps = async (backends, step) => {
  await step("writes rows of each sequence", async () => {
    for (const width of WIDTHS) {
      for (
        const [batch, rows, put] of [[1, 1, 1], [3, 7, 4], [2, 5, 5], [2, 4, 0], [5, 600, 300]]
      ) {
        const index = Array.from({ length: batch }, (_, b) => drawDistinct(put, rows, b)).flat();
        await backends.compare(`${put} into ${batch}·${rows}·${width}`, (backend) => {
          const x = backend.floats(backends.draw(batch * rows * width), [batch, rows, width]);
          const y = backend.floats(backends.draw(batch * put * width, 3), [batch, put, width]);
          backend.run(writeRows, x, backend.integers(new Int32Array(index), [batch, put]), y);
          return [x];
        }, assertSame);
      }
    }
  });

  await step("writes the same rows of all sequences", async () => {
    await backends.compare("[1, 2] into [3, 4, 5]", (backend) => {
      const x = backend.floats(backends.draw(60), [3, 4, 5]);
      const y = backend.floats(backends.draw(30, 2), [3, 2, 5]);
      backend.run(writeRows, x, backend.integers(new Int32Array([3, 0]), [1, 2]), y);
      return [x];
    }, assertSame);
  });

  await step("in the order of the calls, between operations that read", async () => {
    await backends.compare("a cache that grows", (backend) => {
      const cache = backend.floats(new Float32Array(12), [1, 3, 4]);
      const read = [];
      for (let i = 0; i < 3; i++) {
        const row = backend.floats(backends.draw(4, i + 1), [1, 1, 4]);
        backend.run(writeRows, cache, backend.integers(new Int32Array([i]), [1, 1]), row);
        read.push(backend.activation(cache, "relu"));
      }
      return [...read, cache];
    }, assertSame);
  });

  await step("so that what was read or packed before is out of date", async () => {
    for (const backend of backends.all) {
      const x = backend.floats(new Float32Array([1, 2, 3, 4]), [1, 2, 2]);
      const one = backend.floats(new Float32Array([1, 1]), [1, 2]);
      const sums = () => backend.linear(one, x.reshape([2, 2]));
      const before = sums();
      assertEquals([[...await x.getData()], [...await before.getData()]], [[1, 2, 3, 4], [3, 7]]);
      const index = backend.integers(new Int32Array([1]), [1, 1]);
      const y = backend.floats(new Float32Array([8, 16]), [1, 1, 2]);
      backend.run(writeRows, x, index, y);
      const after = sums();
      assertEquals([[...await x.getData()], [...await after.getData()]], [[1, 2, 8, 16], [3, 24]]);
      assertEquals([...await before.getData()], [3, 7]);
      [x, one, before, index, y, after].forEach((tensor) => tensor.dispose());
    }
  });
};
