/**
 * The last of many threads has its share of many values, where their number times that of threads is
 * more than 31 bits hold.
 */
import { assertEquals } from "@std/assert";
import { activation } from "../../wasm/activation.ts";
import { activationGradient } from "../../wasm/activation_gradient.ts";
import { add } from "../../wasm/add.ts";
import { embed } from "../../wasm/embed.ts";
import { gatherRows } from "../../wasm/gather_rows.ts";
import { halve } from "../../wasm/halve.ts";
import { headProducts } from "../../wasm/head_products.ts";
import { layerNorm } from "../../wasm/layer_norm.ts";
import { type Arguments, command, type Definition } from "../../wasm/machine/layout.ts";
import { compileKernels, instantiateKernels } from "../../wasm/machine/module.ts";
import { multiply } from "../../wasm/multiply.ts";
import { normGradient } from "../../wasm/norm_gradient.ts";
import { rmsNorm } from "../../wasm/rms_norm.ts";
import { rotate } from "../../wasm/rotate.ts";

const THREADS = 256;
/** Rows of one value; vectors of four. */
const ROWS = 2 ** 23;
const [BARRIER, LIST, SCRATCH] = [2 ** 20, 2 ** 20 + 4096, 2 ** 20 + 65536];
/** Operands, which are all zeros, and the result. */
const [X, Y] = [2 ** 24, 2 ** 29];

/** Kernels and their arguments; those that are not given are 1, or the address of the operands. */
const CALLS: readonly [{ readonly definition: Definition }, Record<string, unknown>][] = [
  [activation, { y: Y, count: 4 * ROWS, name: "relu" }],
  [activationGradient, { dx: Y, count: 4 * ROWS, name: "relu" }],
  [add, { result: Y, count: ROWS }],
  [embed, { y: Y, tokens: ROWS, lookups: [{ ids: X, count: 1, table: X, size: 0, scale: 1 }] }],
  [gatherRows, { y: Y, picked: ROWS }],
  [halve, { to: Y, count: 8 * ROWS, widens: 1 }],
  [headProducts, { result: Y, count: ROWS }],
  [layerNorm, { y: Y, rows: ROWS }],
  [multiply, { result: Y, count: 4 * ROWS }],
  [normGradient, { dx: Y, rows: ROWS }],
  [rmsNorm, { y: Y, rows: ROWS }],
  [rotate, { y: Y, rows: ROWS, pairs: 0 }],
];

const { module } = await compileKernels(true);
const memory = new WebAssembly.Memory({ initial: 65536, maximum: 65536, shared: true });
const kernels = await instantiateKernels(module, memory);
const [words, floats] = [new Int32Array(memory.buffer), new Float32Array(memory.buffer)];

for (const [{ definition }, given] of CALLS) {
  Deno.test(`wasm: the last of ${THREADS} threads has its share of ${definition.name}()`, () => {
    const values = Object.fromEntries(
      Object.entries(definition.fields).map(([name, type]) => [
        name,
        given[name] ?? (type === "usize" ? X : 1),
      ]),
    );
    const made = command(definition, values as Arguments<Definition["fields"]>);
    words.set([made.operation, made.words.length, ...made.words], LIST / 4);
    words.fill(0, BARRIER / 4, BARRIER / 4 + 64);
    words[BARRIER / 4] = THREADS - 1; // the others have arrived
    const last = Y / 4 + Number(given.count ?? ROWS) - 1;
    floats[last] = -1;
    kernels.run(LIST, 1, THREADS - 1, THREADS, BARRIER, SCRATCH);
    assertEquals(Math.abs(floats[last]), 0);
  });
}
