/** Cases of WebAssembly alone: the edges of its tiles, and what only it refuses. */
import { assertEquals, assertThrows } from "@std/assert";
import { everything, slidingWindow } from "../../attention/mod.ts";
import type { ActivationName } from "../../ops/activation.ts";
import type { Backend, Floats } from "../../ops/backend.ts";
import { checkActivations } from "../ops/activation_cases.ts";
import { checkCached } from "../ops/attend_cached_cases.ts";
import { checkFeatures } from "../ops/attend_features_cases.ts";
import { checkAttend } from "../ops/check_attend.ts";
import { assertSame, type ComparedBackends, UNIT, within } from "../ops/compared_backends.ts";
import { checkFeedForward, type FeedForwardCase } from "../ops/feed_forward_cases.ts";
import { checkLinear, type LinearCase } from "../ops/linear_cases.ts";
import type { Edges } from "../ops/operation_cases.ts";
import { checkNormRange } from "../ops/rms_norm_cases.ts";
import { checkSelect } from "../ops/select_cases.ts";
import { checkTop } from "../ops/top_scores_cases.ts";
import { bounds } from "./bounds.ts";
import { halve } from "../../ops/halve.ts";
import { attendCached } from "../../ops/attend_cached.ts";
import { attendWithSums } from "../../ops/attend_with_sums.ts";
import { quantizeHeads } from "../../ops/quantize_heads.ts";

const LARGE_CHUNK = { tokens: 513, block: 512, factor: 256, batch: 1, heads: 2 };

const linear = (backends: ComparedBackends, drawn: LinearCase) =>
  checkLinear(backends, drawn, bounds.activation);

const feedForward = (backends: ComparedBackends, drawn: FeedForwardCase) =>
  checkFeedForward(backends, drawn, bounds.activation);

/** Asserts that rows are computed alike, bit for bit, whatever number of them there is. */
async function compareRows(
  backends: ComparedBackends,
  width: number,
  compute: (backend: Backend, x: Floats) => Floats,
): Promise<void> {
  const all = 45;
  const values = backends.draw(all * width);
  for (const backend of backends.all) {
    const run = async (rows: number) => {
      const x = values.slice(0, rows * width);
      const y = backend.scope(() => compute(backend, backend.floats(x, [rows, width])));
      const data = await y.getData();
      y.dispose();
      return data;
    };
    const wanted = await run(all);
    for (const rows of [1, 2, 5, 6, 40, 41]) {
      assertSame([await run(rows)], [wanted.slice(0, wanted.length / all * rows)]);
    }
  }
}

/** Cases that come to those of all backends. */
export const edges: Edges = {
  async activation(backends, step) {
    await step("of the largest and the smallest floats is finite and right", async () => {
      const largest = 2 ** 127;
      const x = new Float32Array([-largest, -1e30, -1e4, -0, 0, 1e-30, 1e4, 1e30, largest]);
      const bound = (name: ActivationName, y: number) =>
        name === "laplace" ? 10 * UNIT : 10 * UNIT * Math.abs(y) + 2 ** -120;
      await checkActivations(backends, x, (name, _, y) => bound(name, y));
    });
  },

  async attend(backends, step) {
    await step("of few queries, which see the same keys", async () => {
      for (const queries of [1, 2, 4, 5, 6, 9, 20, 21]) {
        for (const keys of [1, 7, 8, 9, 31, 32, 33, 40, 100]) {
          const sizes = { queries, keys, width: 16, heads: 6, batch: 2 };
          await checkAttend(backends, sizes, bounds.attend);
          await checkAttend(
            backends,
            { ...sizes, keyHeads: 2, first: 3, hides: (key) => key % 3 === 1 },
            bounds.attend,
          );
        }
        const hidden = { hides: () => true, hidesQuery: (i: number) => i === 1 };
        await checkAttend(
          backends,
          { queries, keys: 40, width: 8, heads: 2, ...hidden },
          bounds.attend,
        );
      }
      await checkAttend(backends, { queries: 20, keys: 40, width: 256, heads: 9 }, bounds.attend);
    });

    await step("of few queries to many keys, at whose chunks threads take turns", async () => {
      for (const queries of [1, 5, 20]) {
        for (const keys of [1023, 1024, 1025, 2048, 2080]) {
          const sizes = { queries, keys, width: 16, heads: 6, batch: 2 };
          await checkAttend(backends, sizes, bounds.attend);
          // A chunk of which all are hidden, from one of the documents.
          const hides = (key: number, row: number) => key % 3 === row || key >= 1000 && row === 1;
          await checkAttend(backends, { ...sizes, keyHeads: 2, first: 3, hides }, bounds.attend);
        }
        const hidden = { hides: () => true, hidesQuery: (i: number) => i === 0 };
        const sizes = { queries, keys: 1025, width: 8, heads: 2 };
        await checkAttend(backends, { ...sizes, ...hidden }, bounds.attend);
      }
      // More heads than a thread attends to together.
      await checkAttend(backends, { queries: 20, keys: 1025, width: 256, heads: 9 }, bounds.attend);
    });

    await step("of few queries alone as among others, bit for bit", async () => {
      const [width, heads] = [24, 3];
      const rows = width * heads;
      const values = backends.draw(20 * rows);
      for (const keys of [77, 1100]) {
        const memory = [1, 2].map((seed) => backends.draw(2 * keys * rows, seed));
        for (const backend of backends.all) {
          // Beams of two documents, whose memories lie one behind the other; `padding` is hidden.
          const attend = async (counts: readonly number[], padding = 0) => {
            const count = counts.reduce((a, b) => a + b);
            const y = backend.scope(() => {
              const [k, v] = memory.map((x) => backend.floats(x, [1, 2 * keys, rows]));
              const seen = Int32Array.from({ length: keys + padding }, (_, key) => +(key < keys));
              const mask = padding > 0 ? backend.integers(seen, [1, seen.length]) : undefined;
              const spans = [everything(seen.length)];
              let next = 0;
              const parts = counts.map((count, i) => {
                const first = i * keys;
                const source = { keys: k, values: v, first, count: seen.length, mask, spans };
                const part = { first: next, count, sources: [source] };
                next += count;
                return part;
              });
              const query = backend.floats(values.slice(0, count * rows), [1, count, rows]);
              return backend.attend(query, parts, { heads });
            });
            const data = await y.getData();
            y.dispose();
            return data;
          };
          const all = await attend([10, 10]);
          for (const counts of [[1], [2], [5], [6], [10, 1], [10, 7]]) {
            const own = await attend(counts);
            assertSame([own], [all.slice(0, own.length)]);
          }
          for (const count of [1, 5]) {
            const own = await attend([count], keys - 3);
            assertSame([own], [all.slice(0, own.length)]);
          }
        }
      }
    });

    await step("of few queries and of many to halves, which the many widen", async () => {
      const [rows, keys] = [16, 1100];
      const memory = backends.draw(2 * keys * rows, 1);
      const queries = backends.draw(26 * rows);
      for (const backend of backends.all) {
        const attend = async (documents: readonly number[]) => {
          const y = backend.scope(() => {
            const halves = backend.run(halve, backend.floats(memory, [1, 2 * keys, rows]));
            const spans = [everything(keys)];
            const parts = documents.map((i) => {
              const first = (1 - i) * keys;
              const source = { keys: halves, values: halves, first, count: keys, spans };
              return { first: 5 * i, count: [5, 21][i], sources: [source] };
            });
            return backend.attend(backend.floats(queries, [1, 26, rows]), parts, { heads: 2 });
          });
          const data = await y.getData();
          y.dispose();
          return data;
        };
        const [few, many, both] = [await attend([0]), await attend([1]), await attend([0, 1])];
        assertSame([few.slice(0, 5 * rows)], [both.slice(0, 5 * rows)]);
        assertSame([many.slice(5 * rows)], [both.slice(5 * rows)]);
      }
    });

    await step("in the large tiles of long texts", async () => {
      for (const queries of [2048, 2049]) {
        await checkAttend(backends, { queries, keys: 9, width: 4 }, bounds.attend);
        const spans = [slidingWindow(2, 3)];
        await checkAttend(backends, { queries, keys: queries, width: 3, spans }, bounds.attend);
      }
    });

    await step("changes no bit if rows are padded, wherever the last tile ends", async () => {
      const width = 4, padded = 96;
      const values = backends.draw(padded * width);
      // Blocks of 8, four of which are a tile, with the block before and a global key.
      const block = { block: 8, stride: 8, start: 0, end: 8, causal: false };
      const spans = [{ ...block, start: -8, end: 0 }, block];
      for (const backend of backends.all) {
        const attend = async (rows: number, visible: number) => {
          const y = backend.scope(() => {
            const x = backend.floats(values.slice(0, rows * width), [1, rows, width]);
            const mask = backend.integers(
              Int32Array.from({ length: rows }, (_, i) => i < visible ? 1 : 0),
              [1, rows],
            );
            const source = { keys: x, values: x, first: 0, count: rows, spans, mask };
            const first = { keys: x, values: x, first: 0, count: 1, spans: [everything(1)] };
            return backend.attend(x, [{ first: 0, count: rows, sources: [first, source] }], {
              heads: 1,
            });
          });
          const made = await y.getData();
          y.dispose();
          return made.slice(0, visible * width);
        };
        const whole = await attend(padded, padded);
        for (let rows = 1; rows < padded; rows++) {
          const alone = await attend(rows, rows);
          assertSame([alone], [await attend(padded, rows)]);
          if (rows % 8 === 0) assertSame([alone], [whole.slice(0, alone.length)]);
        }
      }
    });
  },

  async attendCached(backends, step) {
    await step("in whole and in broken tiles of rows", async () => {
      for (const listed of [7, 8, 9, 31, 32, 33, 64, 65, 95]) {
        const sizes = { queries: 3, capacity: 100, listed, batch: 2 };
        await checkCached(backends, { ...sizes, width: 16, heads: 3 }, bounds.attend);
        await checkCached(backends, { ...sizes, width: 8, heads: 8, keyHeads: 2 }, bounds.attend);
      }
      await checkCached(
        backends,
        { queries: 1, capacity: 40, listed: 40, width: 256, heads: 130 },
        bounds.attend,
      );
    });

    await step("at chunks of many rows, at which threads take turns", async () => {
      for (const listed of [1024, 1025, 2048, 2049, 2080]) {
        const sizes = { queries: 2, capacity: 3000, listed, width: 16, batch: 2 };
        await checkCached(backends, { ...sizes, heads: 6 }, bounds.attend);
        const row = (query: number, at: number) => at % 3 === query ? -1 : at;
        await checkCached(backends, { ...sizes, heads: 6, keyHeads: 2, row }, bounds.attend);
      }
      const sizes = { queries: 1, capacity: 9, listed: 2049, width: 8, heads: 5 };
      await checkCached(backends, { ...sizes, row: () => -1 }, bounds.attend);
    });

    await step("of a list as of one with gaps, bit for bit", async () => {
      const [width, heads, capacity] = [16, 6, 2100];
      const drawn = [1, 2].map((seed) => backends.draw(capacity * width * heads, seed));
      const query = backends.draw(width * heads);
      const rows = Array.from({ length: 2060 }, (_, i) => i);
      for (const backend of backends.all) {
        const attend = async (list: readonly number[]) => {
          const y = backend.scope(() => {
            const [k, v] = drawn.map((x) => backend.floats(x, [1, capacity, width * heads]));
            const seen = backend.integers(new Int32Array(list), [1, 1, list.length]);
            const q = backend.floats(query, [1, 1, width * heads]);
            return backend.run(attendCached, q, k, v, seen, { heads });
          });
          const data = await y.getData();
          y.dispose();
          return data;
        };
        const padded = [...Array<number>(500).fill(-1), ...rows];
        assertSame([await attend(rows)], [await attend(padded)]);
      }
    });
  },

  async attendWithSums(backends, step) {
    await step(
      "of few queries to values of fewer bits as to the floats that they are",
      async () => {
        const [x, q] = [backends.draw(5 * 8), backends.draw(2 * 8)];
        for (const backend of backends.all) {
          for (const holds of ["keys and values", "values"]) {
            for (const form of ["halves", "bytes"]) {
              const rows = backend.floats(x, [1, 5, 8]), query = backend.floats(q, [1, 2, 8]);
              const held = form === "halves"
                ? backend.run(halve, rows)
                : backend.run(quantizeHeads, rows, { heads: 1 });
              const floats = backend.floats(await held.getData(), [1, 5, 8]);
              // Keys of bytes have queries rounded, too.
              const keys = holds === "values" ? rows : held;
              const keysOfFloats = form === "bytes" ? keys : holds === "values" ? rows : floats;
              const [made, wanted] = [[keys, held], [keysOfFloats, floats]].map(
                ([keys, values]) => {
                  const source = { keys, values, first: 0, count: 5, spans: [everything(5)] };
                  const parts = [{ first: 0, count: 2, sources: [source] }];
                  return backend.run(attendWithSums, query, parts, { heads: 1 });
                },
              );
              assertSame(
                [await made.output.getData(), await made.logSum.getData()],
                [await wanted.output.getData(), await wanted.logSum.getData()],
              );
              [rows, query, held, floats, ...Object.values(made), ...Object.values(wanted)]
                .forEach((tensor) => tensor.dispose());
            }
          }
        }
      },
    );
  },

  async attendFeatures(backends, step) {
    await step("more features than a thread's own memory holds", async () => {
      await checkFeatures(
        backends,
        "random",
        { tokens: 3, width: 130, features: 2100 },
        bounds.features,
      );
    });
  },

  async feedForward(backends, step) {
    await step("at each number of rows", async () => {
      for (const rows of [1, 5, 41, 159, 160, 161, 239, 240, 241, 481]) {
        for (const bias of [false, true]) {
          await feedForward(backends, { rows, inputs: 5, inner: 9, outputs: 7, bias });
        }
      }
    });

    await step("at each inner width", async () => {
      for (const inner of [1, 7, 8, 9, 767, 768, 769, 777, 1537]) {
        await feedForward(backends, { rows: 41, inputs: 3, inner, outputs: 9, bias: true });
      }
    });

    await step("at each outer width", async () => {
      for (const width of [1, 7, 8, 769]) {
        await feedForward(backends, { rows: 41, inputs: width, inner: 10, outputs: 8, bias: true });
        await feedForward(backends, { rows: 41, inputs: 4, inner: 10, outputs: width });
      }
    });

    await step("where rows, inner columns and inputs all go in blocks", async () => {
      await feedForward(backends, { rows: 241, inputs: 769, inner: 770, outputs: 3, bias: true });
    });

    await step("of rows alone as among many, bit for bit", async () => {
      const [inputs, inner, outputs] = [70, 1540, 37];
      const [up, down] = [[inner, inputs], [outputs, inner]].map((dims) => ({
        values: backends.draw(dims[0] * dims[1]),
        dims,
      }));
      const biases = [inner, outputs].map((width) => backends.draw(width, 5));
      await compareRows(backends, inputs, (backend, x) => {
        const [first, second] = [up, down].map(({ values, dims }, i) => ({
          weight: backend.weight(values, dims),
          bias: backend.floats(biases[i], [dims[0]]),
        }));
        return backend.feedForward(x, first, "gelu", second);
      });
    });

    await step("refuses sums of nothing", () => {
      for (const backend of backends.all) {
        const [x, empty] = [[2, 3], [0, 3]].map((dims) =>
          backend.floats(new Float32Array(dims[0] * dims[1]), dims)
        );
        assertThrows(
          () =>
            backend.feedForward(x, { weight: empty }, "relu", { weight: empty.reshape([3, 0]) }),
          RangeError,
          "x has 3 columns and 0 inner columns",
        );
        [x, empty].forEach((tensor) => tensor.dispose());
      }
    });
  },

  async halve(backends, step) {
    await step("hides neither infinities nor NaN", async () => {
      const odd = new Float32Array([65519, 65520, 1e9, -1e38, Infinity, -Infinity, NaN, 1, 0.5]);
      await backends.compare("odd", (backend) => {
        const keys = backend.run(halve, backend.floats(odd, [1, 9, 1]));
        return [keys];
      }, (actual, expected) => assertEquals(actual, expected));
      for (const value of odd) {
        await backends.compare(String(value), (backend) => {
          const x = new Float32Array(80).fill(1);
          x[20] = value;
          const [q, k] = [8, 80].map((n) => backend.floats(x.slice(80 - n), [1, n / 8, 8]));
          const held = backend.run(halve, backend.floats(x, [1, 10, 8]));
          const source = { keys: k, values: held, first: 0, count: 10, spans: [everything(10)] };
          const both = { ...source, keys: held };
          return [source, both].map((source) =>
            backend.attend(q, [{ first: 0, count: 1, sources: [source] }], { heads: 1 })
          );
        }, (actual, expected) =>
          actual.forEach((values, i) =>
            values.forEach((y, j) => {
              const wanted = expected[i][j];
              if (Number.isFinite(wanted) !== Number.isFinite(y)) {
                throw new Error(`${y}, ${wanted}`);
              }
              if (Number.isFinite(y) && Math.abs(y - wanted) > 60 * UNIT * Math.abs(wanted)) {
                throw new Error(`got ${y}, wanted ${wanted}`);
              }
            })
          ));
      }
    });
  },

  async layerNorm(backends, step) {
    await step("refuses rows that are too wide", () => {
      const width = 2 ** 18 + 1;
      for (const backend of backends.all) {
        const x = backend.floats(new Float32Array(width), [width]);
        const row = x.reshape([1, width]);
        assertThrows(() => backend.layerNorm(row, x, x, 0), RangeError, "wanted at most 262144");
        x.dispose();
      }
    });
  },

  async linear(backends, step) {
    await step("at each number of rows", async () => {
      for (const rows of [1, 2, 4, 5, 6, 9, 10, 11, 39, 40, 41, 239, 240, 241, 481]) {
        for (const outputs of [7, 8, 17, 32, 69]) {
          await linear(backends, { rows, inputs: 5, outputs, bias: true });
        }
      }
    });

    await step("at each number of inputs", async () => {
      for (const inputs of [1, 3, 4, 5, 63, 64, 65, 129, 767, 768, 769, 1537]) {
        for (const bias of [false, true]) {
          await linear(backends, { rows: 1, inputs, outputs: 41, bias });
          await linear(backends, { rows: 6, inputs, outputs: 39, bias });
          await linear(backends, { rows: 45, inputs, outputs: 9, bias });
          await linear(backends, { rows: 10, inputs, outputs: 8, bias });
        }
      }
    });

    await step("at each number of outputs", async () => {
      for (const outputs of [1, 7, 8, 9, 15, 16, 17]) {
        for (const bias of [false, true]) {
          await linear(backends, { rows: 11, inputs: 6, outputs, bias });
        }
      }
    });

    await step("of more outputs than a turn has columns", async () => {
      for (const form of ["floats", "weight"] as const) {
        const drawn = { rows: 23, inputs: 3, outputs: 3081, activation: "gelu" } as const;
        await checkLinear(backends, drawn, bounds.activation, form);
        await checkLinear(backends, { ...drawn, bias: true }, bounds.activation, form);
      }
    });

    await step("of rows alone as among many, bit for bit", async () => {
      for (const [inputs, outputs] of [[769, 1], [64, 8], [70, 32], [1540, 69], [9, 203]]) {
        const [weight, bias] = [backends.draw(inputs * outputs), backends.draw(outputs)];
        await compareRows(backends, inputs, (backend, x) =>
          backend.linear(
            x,
            backend.weight(weight, [outputs, inputs]),
            backend.floats(bias, [outputs]),
            "silu",
          ));
      }
    });

    await step("of more inputs than few rows are packed with", async () => {
      await linear(backends, { rows: 6, inputs: 12_289, outputs: 9 });
      await linear(backends, { rows: 1, inputs: 24_577, outputs: 33 });
    });

    await step("of hardly any work, of which a turn has no more than a block", async () => {
      await linear(backends, { rows: 300_000, inputs: 1, outputs: 1 });
    });

    await step("where rows and depth both go in blocks", async () => {
      await linear(backends, { rows: 161, inputs: 769, outputs: 9, bias: true });
      await linear(backends, { rows: 161, inputs: 769, outputs: 9, activation: "gelu" });
    });

    await step("refuses sums of nothing", () => {
      for (const backend of backends.all) {
        const empty = backend.floats(new Float32Array(0), [2, 0]);
        assertThrows(() => backend.linear(empty, empty), RangeError, "x has no columns");
        empty.dispose();
      }
    });

    await step("with one tensor as weights of two shapes", async () => {
      const [x, wide, values] = [12, 15, 20].map((count) => backends.draw(count));
      for (const first of [true, false]) {
        await backends.compare(
          "[5, 4] and [4, 5]",
          (backend) => {
            const weight = backend.floats(values, [5, 4]);
            const calls = [
              () => backend.linear(backend.floats(x, [3, 4]), weight),
              () => backend.linear(backend.floats(wide, [3, 5]), weight.reshape([4, 5])),
            ];
            const outputs = (first ? calls : calls.toReversed()).map((call) => call());
            return [outputs[1]];
          },
          within(() => 7 * UNIT * 64),
        );
      }
    });
  },

  async rmsNorm(backends, step) {
    await step("over the range of float32", () => checkNormRange(backends.all, bounds.norm));

    await step("hides neither NaN nor infinity", async () => {
      for (const value of [NaN, Infinity]) {
        await backends.compare(String(value), (backend) => {
          const x = backend.floats(new Float32Array([1, value, 3]), [1, 3]);
          return [backend.rmsNorm(x, backend.floats(new Float32Array(3).fill(1), [3]), 1)];
        }, assertSame);
      }
    });
  },

  async selectLsh(backends, step) {
    await step(
      "of chunks that are larger than a thread's own memory",
      () => checkSelect(backends, "selectLsh", { ...LARGE_CHUNK, width: 129 }, bounds.select),
    );
  },

  async selectNorm(backends, step) {
    await step(
      "of chunks that are larger than a thread's own memory",
      () => checkSelect(backends, "selectNorm", { ...LARGE_CHUNK, width: 2 }, bounds.select),
    );
  },

  async topScores(backends, step) {
    await step("of the largest vocabularies, in whatever order", async () => {
      for (const direction of [1, -1]) {
        const scores = Float32Array.from({ length: 300_000 }, (_, i) => direction * i / 1000);
        await checkTop(backends, "300,000", scores, [1, 300_000], 64, bounds.logSum);
      }
    });
  },
};
