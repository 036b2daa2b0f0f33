/**
 * A matrix product in jax-js on WebAssembly: `jax_js.ts PASSES THREADS M N K`.
 *
 * @module
 */
import { report } from "./outcome.ts";
import { importPackage, VERSIONS } from "./package.ts";

/** What is used of an array. Operations consume their arguments; `ref` keeps one. */
interface JaxArray {
  readonly ref: JaxArray;
  blockUntilReady(): Promise<JaxArray>;
  dispose(): void;
}

/** What is used of the package. */
interface Jax {
  init(device: string): Promise<string[]>;
  defaultDevice(device: string): string;
  readonly random: {
    key(seed: number): JaxArray;
    normal(key: JaxArray, shape: number[]): JaxArray;
  };
  readonly numpy: { matmul(left: JaxArray, right: JaxArray): JaxArray };
}

const [passes, threads, m, n, k] = Deno.args.map((argument) => JSON.parse(argument));
// It takes a worker for each core that it is told of.
Object.defineProperty(navigator, "hardwareConcurrency", { value: threads });
const jax = await importPackage<Jax>("@jax-js/jax");
await jax.init("wasm");
jax.defaultDevice("wasm");
const draw = (seed: number, shape: number[]) =>
  jax.random.normal(jax.random.key(seed), shape).blockUntilReady();
const [left, right] = [await draw(0, [m, k]), await draw(1, [k, n])];
await report(`@jax-js/jax ${VERSIONS["@jax-js/jax"]}`, passes, async () => {
  const product = jax.numpy.matmul(left.ref, right.ref);
  await product.blockUntilReady();
  product.dispose();
});
Deno.exit();
