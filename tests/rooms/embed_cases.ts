import { assertThrows } from "@std/assert";
import { assertSame, type Steps, UNIT, within } from "./floors.ts";
import { drawRows, WIDTHS } from "./rows.ts";

/** Sums of rows of one table and of three. */
export const embedCases: Steps = async (floors, step) => {
  await step("copies rows of one table", async () => {
    for (const width of WIDTHS) {
      await floors.compare(`width ${width}`, (backend) => {
        const table = backend.floats(floors.draw(9 * width), [9, width]);
        return [backend.embed([{ ids: backend.integers(drawRows(14, 0, 9), [2, 7]), table }])];
      }, assertSame);
    }
  });

  await step("adds rows of several tables, also the same for each sequence", async () => {
    for (const width of WIDTHS) {
      await floors.compare(`width ${width}`, (backend) => {
        const tables = [9, 5, 2].map((rows) =>
          backend.floats(floors.draw(rows * width), [rows, width])
        );
        const ids = backend.integers(drawRows(21, 0, 9), [3, 7]);
        const places = backend.integers(drawRows(7, 0, 5), [1, 7]);
        const types = backend.integers(drawRows(21, 0, 2), [3, 7]);
        return [
          backend.embed([ids, places, types].map((ids, i) => ({ ids, table: tables[i] }))),
        ];
        // Two additions of numbers below 6, each rounded here, once there; the first is stored.
      }, within((_y, _i, store) => 3 * UNIT * 18 + store(12)));
    }
  });

  await step("refuses rows that there are not", () => {
    for (const backend of floors.all) {
      const table = backend.floats(new Float32Array(6), [3, 2]);
      for (const id of [-1, 3]) {
        const ids = backend.integers(new Int32Array([0, id]), [1, 2]);
        assertThrows(
          () => backend.embed([{ ids, table }]),
          RangeError,
          `index ${id} at place 1, wanted 0 … 2`,
        );
        ids.dispose();
      }
      table.dispose();
    }
  });
};
