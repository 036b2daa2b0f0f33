/**
 * A backend whose linear layers have some inputs that are much larger than the others, as in large
 * language models: columns of x are multiplied by a factor, and those of the weights divided by it,
 * so that only the rounding of rows to integers changes.
 *
 * @module
 */
import type { Backend, Floats } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";

/** The columns that are larger. */
export interface LargeColumns {
  /** Their number in each layer. */
  readonly count: number;
  /** How many times as large as they were; a power of 2 changes nothing in floats. */
  readonly factor: number;
}

/**
 * Puts itself in front of a backend.
 *
 * @param backend The backend.
 * @param columns Which columns it enlarges.
 * @returns The backend with enlarged columns; disposing of it disposes of the other.
 */
export function withLargeColumns(backend: Backend, { count, factor }: LargeColumns): Backend {
  const divided = new WeakMap<Floats, Floats>();
  const weight: Backend["weight"] = (values, dims) => {
    const tensor = backend.weight(values, dims);
    if ("steps" in values) throw new TypeError("Cannot divide integers: wanted floats");
    const large = columnsOf(dims[1], count, factor);
    // Tables are read without it.
    divided.set(tensor, backend.weight(values.map((value, i) => value / large[i % dims[1]]), dims));
    return tensor;
  };
  const linear: Backend["linear"] = (x, matrix, bias, activation) => {
    const width = x.dims[x.dims.length - 1];
    const large = columnsOf(width, count, factor);
    const factors = Float32Array.from({ length: x.size }, (_, i) => large[i % width]);
    return backend.scope(() =>
      backend.linear(
        backend.multiply(x, backend.floats(factors, x.dims)),
        divided.get(matrix)!,
        bias,
        activation,
      )
    );
  };
  const own: Partial<Backend> = {
    // Halves are not divided.
    readsHalves: false,
    weight,
    linear,
    feedForward: (x, up, activation, down) =>
      backend.scope(() =>
        linear(linear(x, up.weight, up.bias, activation), down.weight, down.bias)
      ),
  };
  return new Proxy(backend, {
    get(target, name) {
      if (Object.hasOwn(own, name)) return Reflect.get(own, name);
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** The factor of each column of layers with that many; the same columns for the same number. */
function columnsOf(width: number, count: number, factor: number): Float32Array {
  const random = new Random(width);
  const factors = new Float32Array(width).fill(1);
  for (let left = Math.min(count, width); left > 0;) {
    const column = Math.floor(random.uniform() * width);
    if (factors[column] !== 1) continue;
    factors[column] = factor;
    left--;
  }
  return factors;
}
