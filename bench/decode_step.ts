/**
 * A decoder's step of BART-base's size, of bare operations: no model, random weights.
 *
 * @module
 */
import { everything } from "../attention/mod.ts";
import type { Backend, DataType, Floats } from "../ops/backend.ts";
import { HEADS, ROW } from "./roberta_base.ts";
import { halve } from "../ops/halve.ts";
import { quantizeHeads } from "../ops/quantize_heads.ts";
import { writeRows } from "../ops/write_rows.ts";
import { attendCached } from "../ops/attend_cached.ts";
import { topScores } from "../ops/top_scores.ts";

/** Layers of the decoder. */
export const LAYERS = 6;
/** Rows of the word table. */
const VOCABULARY = 50_265;
/** Width inside a feed-forward layer. */
const INNER = 4 * ROW;
/** Most rows that are cached. */
const CAPACITY = 2048;

/** Bytes of a value of the memory: in 8 bits heads have a step each, and rows are whole lines. */
const SIZES = { fp32: 4, fp16: 2, q8: 832 / ROW } as const;

/** Numbers that look random, made fast. */
function noise(count: number, seed: number): Float32Array {
  const values = new Float32Array(count);
  let state = seed + 1;
  for (let i = 0; i < count; i++) {
    state = Math.imul(state, 1664525) + 1013904223 | 0;
    values[i] = state / 2 ** 35;
  }
  return values;
}

/** Weights of a layer. */
interface Layer {
  readonly [name: string]: Floats;
}

/** A decoder with a memory for one document. */
export class DecodeStep {
  readonly #layers: readonly Layer[];
  readonly #words: Floats;
  readonly #one: Floats;
  readonly #zero: Floats;

  /**
   * Draws the weights.
   *
   * @param backend The backend.
   * @param memoryRows Rows of the document's memory.
   * @param memoryType The data type of the memory.
   */
  constructor(
    readonly backend: Backend,
    readonly memoryRows: number,
    readonly memoryType: DataType = "fp32",
  ) {
    const memory = (seed: number) =>
      backend.scope(() => {
        const x = backend.floats(noise(memoryRows * ROW, seed), [1, memoryRows, ROW]);
        if (memoryType === "q8") return backend.run(quantizeHeads, x, { heads: HEADS });
        return memoryType === "fp16" ? backend.run(halve, x) : x;
      });
    const matrix = (outputs: number, inputs: number, seed: number) =>
      backend.weight(noise(outputs * inputs, seed), [outputs, inputs]);
    this.#layers = Array.from({ length: LAYERS }, (_, i) => ({
      ...Object.fromEntries(
        ["q", "k", "v", "o", "crossQ", "crossO"].map((
          name,
          j,
        ) => [name, matrix(ROW, ROW, 10 * i + j)]),
      ),
      up: matrix(INNER, ROW, 10 * i + 7),
      down: matrix(ROW, INNER, 10 * i + 8),
      cacheKeys: backend.floats(noise(CAPACITY * ROW, 1), [1, CAPACITY, ROW]),
      cacheValues: backend.floats(noise(CAPACITY * ROW, 2), [1, CAPACITY, ROW]),
      memoryKeys: memory(3),
      memoryValues: memory(4),
    }));
    this.#words = matrix(VOCABULARY, ROW, 99);
    this.#one = backend.floats(new Float32Array(ROW).fill(1), [ROW]);
    this.#zero = backend.floats(new Float32Array(ROW), [ROW]);
  }

  /**
   * Bytes that a step has to read: all weights and the memory's keys and values, once.
   *
   * @param size Bytes of a weight.
   * @returns The bytes.
   */
  bytes(size: number): number {
    const weights = LAYERS * (6 * ROW * ROW + 2 * ROW * INNER) + VOCABULARY * ROW;
    return weights * size + LAYERS * 2 * this.memoryRows * ROW * SIZES[this.memoryType];
  }

  /**
   * Computes the candidates of one more token of each row.
   *
   * @param rows Rows: beams of the document.
   * @param past Tokens before this one.
   */
  async run(rows: number, past: number): Promise<void> {
    const { backend } = this;
    const own = Array.from({ length: rows }, (_, i) => past * rows + i);
    const lists = own.map((row, i) =>
      Array.from({ length: past + 1 }, (_, t) => t === past ? row : t * rows + i)
    );
    const top = backend.scope(() => {
      const index = backend.integers(new Int32Array(own), [1, rows]);
      const seen = backend.integers(new Int32Array(lists.flat()), [1, rows, past + 1]);
      const norm = (x: Floats, y: Floats) => backend.layerNorm(x, this.#one, this.#zero, 1e-5, y);
      let x = backend.floats(noise(rows * ROW, past), [1, rows, ROW]);
      for (const layer of this.#layers) {
        const [q, k, v] = [layer.q, layer.k, layer.v].map((weight) => backend.linear(x, weight));
        backend.run(writeRows, layer.cacheKeys, index, k);
        backend.run(writeRows, layer.cacheValues, index, v);
        const { cacheKeys, cacheValues } = layer;
        const self = backend.run(attendCached, q, cacheKeys, cacheValues, seen, { heads: HEADS });
        x = norm(backend.linear(self, layer.o), x);
        x = norm(backend.linear(this.#cross(x, layer, rows), layer.crossO), x);
        x = norm(
          backend.feedForward(x, { weight: layer.up }, "gelu", { weight: layer.down }),
          x,
        );
      }
      return backend.run(topScores, backend.linear(x, this.#words), 2 * rows);
    });
    await Promise.all([top.values.getData(), top.indices.getData(), top.logSum.getData()]);
    Object.values(top).forEach((tensor) => tensor.dispose());
  }

  #cross(x: Floats, { crossQ, memoryKeys, memoryValues }: Layer, rows: number): Floats {
    const count = this.memoryRows;
    const spans = [everything(count)];
    const source = { keys: memoryKeys, values: memoryValues, first: 0, count, spans };
    const query = this.backend.linear(x, crossQ);
    return this.backend.attend(query, [{ first: 0, count: rows, sources: [source] }], {
      heads: HEADS,
    });
  }
}
