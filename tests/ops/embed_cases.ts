import { assertSame, type Steps, UNIT, within } from "./compared_backends.ts";
import { drawRows, WIDTHS } from "./rows.ts";

/** Sums of rows of one table and of three. */
export const embedCases: Steps = async (backends, step) => {
  await step("copies rows of one table", async () => {
    for (const width of WIDTHS) {
      await backends.compare(`width ${width}`, (backend) => {
        const table = backend.floats(backends.draw(9 * width), [9, width]);
        return [backend.embed([{ ids: backend.integers(drawRows(14, 0, 9), [2, 7]), table }])];
      }, assertSame);
    }
  });

  await step("multiplies the rows of a table", async () => {
    for (const width of WIDTHS) {
      await backends.compare(
        `width ${width}`,
        (backend) => {
          const ids = backend.integers(drawRows(14, 0, 9), [2, 7]);
          const words = backend.weight(backends.draw(9 * width), [9, width]);
          const positions = backend.floats(backends.draw(9 * width), [9, width]);
          return [
            backend.embed([{ ids, table: words, scale: 5.5 }]),
            backend.embed([{ ids, table: positions }, { ids, table: words, scale: 0.3 }]),
          ];
          // A product of at most 5.5 · 6 and a sum, each rounded; the first is stored.
        },
        (results, expected, store) =>
          results.forEach((result, i) =>
            within((_y, _i, store) => 3 * UNIT * 40 + store(40))([result], [expected[i]], store)
          ),
      );
    }
  });

  await step("adds rows of several tables, also the same for each sequence", async () => {
    for (const width of WIDTHS) {
      await backends.compare(`width ${width}`, (backend) => {
        const tables = [9, 5, 2].map((rows) =>
          backend.floats(backends.draw(rows * width), [rows, width])
        );
        const ids = backend.integers(drawRows(21, 0, 9), [3, 7]);
        const positions = backend.integers(drawRows(7, 0, 5), [1, 7]);
        const types = backend.integers(drawRows(21, 0, 2), [3, 7]);
        return [
          backend.embed([ids, positions, types].map((ids, i) => ({ ids, table: tables[i] }))),
        ];
        // Two additions of numbers below 6, each rounded here, once there; the first is stored.
      }, within((_y, _i, store) => 3 * UNIT * 18 + store(12)));
    }
  });
};
