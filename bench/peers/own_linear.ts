/**
 * A linear layer of this library on WebAssembly: `own_linear.ts PASSES THREADS M N K`.
 *
 * @module
 */
import { openBackend } from "../../mod.ts";
import { Random } from "../../tensor/random.ts";
import { report } from "./outcome.ts";
import { ownVersion } from "./own_version.ts";

const [passes, threads, m, n, k] = Deno.args.map((argument) => JSON.parse(argument));
const backend = await openBackend("wasm", { threads });
const random = new Random(0);
const x = backend.floats(random.normals(m * k), [1, m, k]);
const weight = backend.weight(random.normals(n * k), [n, k]);
await report(ownVersion, passes, async () => {
  const product = backend.linear(x, weight);
  await backend.settle();
  product.dispose();
});
backend.dispose();
