import type { ActivationName } from "../ops/backend.ts";
import { availableBackends, openBackend } from "../device.ts";
import { Random } from "../tensor/random.ts";

/** Layers of a small encoder: name, rows, inputs, outputs and activation. */
const layers: [string, number, number, number, ActivationName?][] = [
  ["projection", 64, 256, 256],
  ["feed-forward", 64, 256, 1024, "gelu"],
  ["feed-forward back", 64, 1024, 256],
  ["vocabulary", 8, 256, 8192],
];

for (const name of await availableBackends()) {
  const backend = await openBackend(name);
  const random = new Random(0);
  const draw = (...dims: number[]) =>
    backend.floats(random.normals(dims.reduce((product, n) => product * n)), dims);
  for (const [layer, rows, inputs, outputs, activation] of layers) {
    const [x, weight, bias] = [draw(rows, inputs), draw(outputs, inputs), draw(outputs)];
    const size = `${rows} × ${inputs} → ${outputs}`;
    Deno.bench({
      name: `${layer} ${size}, ${(2 * rows * inputs * outputs / 1e6).toFixed(0)} MFLOP, ${name}`,
      fn: async () => {
        const output = backend.linear(x, weight, bias, activation);
        await output.getData();
        output.dispose();
      },
    });
  }
}
