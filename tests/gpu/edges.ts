/** Cases of WebGPU alone: the edges of its tiles and workgroups. */
import { assertEquals, assertRejects } from "@std/assert";
import { everything } from "../../attention/mod.ts";
import { type ActivationName, ACTIVATIONS } from "../../ops/activation.ts";
import { checkActivations } from "../ops/activation_cases.ts";
import { checkCached } from "../ops/attend_cached_cases.ts";
import { checkFeatures } from "../ops/attend_features_cases.ts";
import { checkHashed } from "../ops/attend_hashed_cases.ts";
import { checkAttend } from "../ops/check_attend.ts";
import { type ComparedBackends, UNIT, within } from "../ops/compared_backends.ts";
import { checkFeedForward, type FeedForwardCase } from "../ops/feed_forward_cases.ts";
import { checkLinear, type LinearCase } from "../ops/linear_cases.ts";
import type { Edges } from "../ops/operation_cases.ts";
import { checkNormRange } from "../ops/rms_norm_cases.ts";
import { checkSelect } from "../ops/select_cases.ts";
import { half } from "./backends.ts";
import { bounds } from "./bounds.ts";
import { attendFeatures } from "../../ops/attend_features.ts";
import { largestLength, largestMagnitude } from "../../verify/bounds.ts";
import { attendHashed } from "../../ops/attend_hashed.ts";

const LARGE_CHUNK = { tokens: 513, block: 512, factor: 256, batch: 1, heads: 2, width: 9 };

const linear = (backends: ComparedBackends, drawn: LinearCase) =>
  checkLinear(backends, drawn, bounds.activation, "weight");

const feedForward = (backends: ComparedBackends, drawn: FeedForwardCase) =>
  checkFeedForward(backends, drawn, bounds.activation, "weight");

/** Cases that come to those of all backends. */
export const edges: Edges = {
  async activation(backends, step) {
    await step("of large and small numbers is finite and right", async () => {
      const x = half(new Float32Array([-65504, -1e4, -0, 0, 2 ** -24, 1e4, 65504]));
      await checkActivations(
        backends,
        x,
        (name, _, y) => (name === "laplace" ? 10 : 10 * Math.abs(y)) * UNIT + 2 ** -119,
      );
    });

    await step("of the largest floats is finite and right", async () => {
      const [backend] = backends.all; // in float32
      const x = new Float32Array([-(2 ** 127), -1e30, 1e30, 2 ** 127]);
      const saturated: { readonly [Name in ActivationName]?: readonly number[] } = {
        laplace: [0, 0, 1, 1],
        leaky_relu: [0.01 * x[0], 0.01 * x[1], x[2], x[3]],
        relu2: [0, 0, Infinity, Infinity],
        relu6: [0, 0, 6, 6],
        sigmoid: [0, 0, 1, 1],
        tanh: [-1, -1, 1, 1],
      };
      for (const name of ACTIVATIONS) {
        const wanted = saturated[name] ?? [0, 0, x[2], x[3]];
        const most = wanted.map((y) => 10 * UNIT * (name === "laplace" ? 1 : Math.abs(y)));
        const y = backend.activation(backend.floats(x, [4]), name);
        (await y.getData()).forEach((value, i) => {
          if (value === wanted[i] || Math.abs(value - wanted[i]) <= most[i]) return;
          throw new Error(`${name}(${x[i]}) is ${value}, wanted ${wanted[i]}`);
        });
      }
    });

    await step("hides no overflow of float16", async () => {
      for (const backend of backends.all) {
        for (const name of ACTIVATIONS) {
          const y = backend.scope(() => {
            const [weight, bias] = [300, 0].map((v) => backend.floats(new Float32Array([v]), [1]));
            // 90,000 and less: a row whose distances from its mean are NaN in float16.
            const x = backend.floats(new Float32Array([300, 1, -2, 0.5]), [4, 1]);
            const wide = backend.linear(x, weight.reshape([1, 1])).reshape([1, 4]);
            const [w, b] = [1, 0].map((v) => backend.floats(new Float32Array(4).fill(v), [4]));
            const normed = backend.layerNorm(wide, w, b, 1e-5).reshape([4, 1]);
            return backend.linear(backend.activation(normed, name), bias.reshape([1, 1]), weight);
          });
          const read = y.getData();
          if (backend.dtype === "fp16") {
            await assertRejects(() => read, RangeError, "Cannot read NaN");
          } else assertEquals([...await read], [300, 300, 300, 300]);
          y.dispose();
        }
      }
    });
  },

  async attend(backends, step) {
    await step("of few queries to many keys, of which chunks have workgroups", async () => {
      for (const [queries, width] of [[1, 40], [5, 3], [32, 4], [33, 4]]) {
        for (const keys of [1536, 1537, 2080]) {
          const sizes = { queries, keys, width, heads: 2, batch: 2 };
          await checkAttend(backends, sizes, bounds.attend);
          // Chunks of which all are hidden, from one of the documents.
          const hides = (key: number, row: number) => key % 3 === row || key >= 1000 && row === 1;
          const hidden = { hides, hidesQuery: (query: number) => query === 2 };
          await checkAttend(
            backends,
            { ...sizes, keyHeads: 2, first: 3, ...hidden },
            bounds.attend,
          );
        }
        const sizes = { queries, keys: 2048, width, heads: 2 };
        await checkAttend(backends, { ...sizes, hides: () => true }, bounds.attend);
        const spans = [[5, 700], [1500, 1600]].map(([start, end]) => ({
          ...everything(end),
          start,
        }));
        await checkAttend(backends, { ...sizes, spans }, bounds.attend);
      }
    });

    await step("of documents whose memories have chunks, and rows of no document", async () => {
      const [batch, heads, width, keys] = [2, 2, 8, 1600];
      const rows = width * heads;
      const drawn = [4, 2 * keys, 2 * keys].map((n, i) => backends.draw(batch * n * rows, i));
      const [query, key] = drawn.map((x) => largestLength(x, width));
      const size = { query, key, value: largestMagnitude(drawn[2]), width, keys };
      const bound = bounds.attend.bound({ ...size, scale: 1 / Math.sqrt(width), roundings: 0 }, 1);
      await backends.compare("two documents", (backend) => {
        const [q, k, v] = drawn.map((x) =>
          backend.floats(x, [batch, x.length / rows / batch, rows])
        );
        const parts = [keys, 30].map((count, i) => {
          const source = { keys: k, values: v, first: i * keys, count, spans: [everything(count)] };
          return { first: i + 1, count: 1, sources: [source] };
        });
        // The first sequence's query of the first document is hidden.
        const queryMask = backend.integers(new Int32Array([1, 0, 1, 1, 1, 1, 1, 1]), [batch, 4]);
        return [backend.attend(q, parts, { heads, queryMask })];
      }, within((y) => y === 0 ? 0 : bound));
    });
  },

  async attendCached(backends, step) {
    await step("of many rows, of which chunks have workgroups", async () => {
      for (const listed of [1536, 1537, 2080]) {
        const sizes = { queries: 2, capacity: 2500, listed, width: 5, batch: 2, heads: 4 };
        await checkCached(backends, sizes, bounds.attend);
        const row = (query: number, at: number) => at < 600 || at % 3 === query ? -1 : at;
        await checkCached(backends, { ...sizes, width: 130, keyHeads: 2, row }, bounds.attend);
      }
      const sizes = { queries: 1, capacity: 9, listed: 2049, width: 8, heads: 5 };
      await checkCached(backends, { ...sizes, row: () => -1 }, bounds.attend);
    });
  },

  async attendFeatures(backends, step) {
    await step("more features and tokens than a workgroup has invocations", async () => {
      await checkFeatures(
        backends,
        "random",
        { tokens: 3, width: 8, features: 513, masked: 3 },
        bounds.features,
      );
      await checkFeatures(
        backends,
        "softmax",
        { tokens: 513, width: 4, masked: 3 },
        bounds.features,
      );
    });

    await step("of no token", async () => {
      for (const backend of backends.all) {
        const x = backend.floats(new Float32Array(0), [1, 0, 4]);
        const mask = backend.integers(new Int32Array(0), [1, 0]);
        for (const map of ["elu", "softmax"] as const) {
          const y = backend.run(attendFeatures, x, x, x, mask, { heads: 2, map });
          assertEquals([y.dims, await y.getData()], [[1, 0, 4], new Float32Array(0)]);
        }
      }
    });
  },

  async attendHashed(backends, step) {
    await step("of buckets and chunks that are larger than a workgroup", async () => {
      await checkHashed(
        backends,
        { tokens: 700, width: 2, columns: 1, chunk: 300, masked: 9 },
        bounds.hashed,
      );
    });

    await step("of chunks that are larger than any sequence", async () => {
      await checkHashed(
        backends,
        { tokens: 9, width: 2, columns: 1, chunk: 2 ** 40 },
        bounds.hashed,
      );
    });

    await step("of no token", async () => {
      for (const backend of backends.all) {
        const x = backend.floats(new Float32Array(0), [1, 0, 4]);
        const mask = backend.integers(new Int32Array(0), [1, 0]);
        const matrix = backend.floats(new Float32Array(4), [2, 2, 1]);
        const y = backend.run(attendHashed, x, x, mask, matrix, 64);
        assertEquals([y.dims, await y.getData()], [[1, 0, 4], new Float32Array(0)]);
      }
    });

    await step("of queries whose squares are no float32 numbers", async () => {
      const [backend] = backends.all; // in float32
      const mask = backend.integers(new Int32Array(3).fill(1), [1, 3]);
      const matrix = backend.floats(new Float32Array([1]), [1, 1, 1]);
      const value = new Float32Array([1, 2, 4]);
      for (const length of [2 ** -90, 2 ** 90]) {
        // The first query's scores of the others are equal: both are 1 as keys.
        const query = new Float32Array([1, length, 2 * length]);
        const [x, v] = [query, value].map((values) => backend.floats(values, [1, 3, 1]));
        assertEquals((await backend.run(attendHashed, x, v, mask, matrix, 8).getData())[0], 3);
      }
    });
  },

  async feedForward(backends, step) {
    await step("at each width around tiles and steps", async () => {
      for (const inner of [1, 8, 9, 31, 32, 33, 100]) {
        await feedForward(backends, { rows: 6, inputs: 3, inner, outputs: 9, bias: true });
        await feedForward(backends, { rows: 33, inputs: inner, inner: 10, outputs: 8 });
        await feedForward(backends, { rows: 6, inputs: 4, inner: 12, outputs: inner, bias: true });
      }
    });
  },

  async linear(backends, step) {
    await step("at each edge of an emulation's tiles, 12 by 96", async () => {
      for (const rows of [1, 9, 11, 12, 13, 25]) {
        for (const outputs of [1, 8, 9, 95, 96, 97]) {
          await linear(backends, { rows, inputs: 12, outputs, bias: true });
        }
      }
    });

    await step(
      "at each number of inputs: whole vectors, whole steps of 8, and others",
      async () => {
        for (const inputs of [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 255, 256, 260]) {
          for (const bias of [false, true]) {
            await linear(backends, { rows: 33, inputs, outputs: 34, bias });
          }
        }
      },
    );

    await step(
      "of more rows than an emulation's call has workgroups for, 65,535 of 12",
      async () => {
        await linear(backends, { rows: 786_430, inputs: 1, outputs: 1 });
      },
    );

    await step("of sums of nothing", async () => {
      await linear(backends, { rows: 2, inputs: 0, outputs: 3, bias: true });
    });
  },

  async rmsNorm(backends, step) {
    await step("over the range of float32", async () => {
      const [backend] = backends.all; // in float32
      await checkNormRange([backend], bounds.norm);
    });
  },

  async selectLsh(backends, step) {
    await step(
      "of chunks that are larger than a workgroup",
      () => checkSelect(backends, "selectLsh", LARGE_CHUNK, bounds.select),
    );
  },

  async selectNorm(backends, step) {
    await step(
      "of chunks that are larger than a workgroup",
      () => checkSelect(backends, "selectNorm", LARGE_CHUNK, bounds.select),
    );
  },
};
