/**
 * A matrix product in jax-js on WebAssembly: `jax_js.ts PASSES THREADS M N K`.
 *
 * @module
 */
import { openJax } from "./jax.ts";
import { report } from "./outcome.ts";
import { VERSIONS } from "./package.ts";

const [passes, threads, m, n, k] = Deno.args.map((argument) => JSON.parse(argument));
// jax-js starts one worker per reported core.
Object.defineProperty(navigator, "hardwareConcurrency", { value: threads });
const jax = await openJax("wasm");
const draw = (seed: number, shape: number[]) =>
  jax.random.normal(jax.random.key(seed), shape).blockUntilReady();
const [left, right] = [await draw(0, [m, k]), await draw(1, [k, n])];
await report(`@jax-js/jax ${VERSIONS["@jax-js/jax"]}`, passes, async () => {
  const product = jax.numpy.matmul(left.ref, right.ref);
  await product.blockUntilReady();
  product.dispose();
});
Deno.exit();
