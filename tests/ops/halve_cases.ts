import { assertThrows } from "@std/assert";
import { everything, slidingWindow, type Span } from "../../attention/mod.ts";
import type { Backend, Floats } from "../../ops/backend.ts";
import { decodeFloat16, encodeFloat16 } from "../../tensor/float16.ts";
import { largestLength, largestMagnitude } from "../../verify/bounds.ts";
import type { AttendBounds } from "./check_attend.ts";
import { assertSame, type ComparedBackends, type Step, within } from "./compared_backends.ts";
import { halve } from "../../ops/halve.ts";

/** Halves, or the floats that they stand for where float32 is all there is. */
function hold(backend: Backend, values: Float32Array, dims: number[]): Floats {
  if (backend.name === "webgpu" && backend.dtype === "fp32") {
    return backend.floats(decodeFloat16(encodeFloat16(values)), dims);
  }
  return backend.run(halve, backend.floats(values, dims));
}

/** Numbers in half precision, and attention to them. */
export async function halveCases(
  backends: ComparedBackends,
  step: Step,
  bounds: AttendBounds,
): Promise<void> {
  await step("rounds to nearest, ties to even", async () => {
    const ties = [1, 2048, 2049, 2051, 6.1e-5, 6e-8, 3e-8, 2.98e-8, 1e-9, 0, -0, 65504, 1 / 3];
    for (const values of [ties, [...ties, -5], ties.map((x) => -x), [0.1]]) {
      const x = backends.numbers.storable(Float32Array.from(values));
      await backends.compare(
        String(values),
        (backend) => [hold(backend, x, [1, 1, x.length])],
        assertSame,
      );
    }
    const many = backends.draw(3001);
    await backends.compare("3,001", (backend) => [hold(backend, many, [1, 3001, 1])], assertSame);
  });

  const check = async (
    [queries, keys, width, heads]: readonly number[],
    spans: Span[],
    isMasked: boolean,
    isMixed: boolean,
  ) => {
    const [batch, row] = [2, width * heads];
    const query = backends.draw(batch * queries * row, 1);
    const [k, v] = [2, 3].map((seed) => backends.draw(batch * keys * row, seed));
    const size = {
      query: largestLength(query, width),
      key: largestLength(k, width) * (1 + 2 ** -11),
      value: largestMagnitude(v) * (1 + 2 ** -11),
      ...{ width, keys: 2 * keys, scale: 1 / Math.sqrt(width), roundings: 0 },
    };
    const bound = bounds.bound(size, 2 * spans.length);
    const mask = Int32Array.from({ length: batch * keys }, (_, i) => i % 3 === 1 ? 0 : 1);
    await backends.compare(
      `${queries}·${keys}·${width}·${heads}, ${JSON.stringify(spans)}, ${isMasked}, ${isMixed}`,
      (backend) => {
        const dims = [batch, keys, row];
        const source = {
          keys: hold(backend, k, dims),
          values: hold(backend, v, dims),
          ...{ first: 0, count: keys, spans },
          ...(isMasked && { mask: backend.integers(mask, [batch, keys]) }),
        };
        const plain = {
          keys: backend.floats(v, dims),
          values: isMixed ? hold(backend, k, dims) : backend.floats(k, dims),
          ...{ first: 0, count: keys, spans },
        };
        const sources = isMixed ? [source, plain] : [source];
        const x = backend.floats(query, [batch, queries, row]);
        return [backend.attend(x, [{ first: 0, count: queries, sources }], { heads })];
      },
      within((y) => y === 0 ? 0 : bound),
    );
  };

  await step("is read by attend, whatever the queries and the spans", async () => {
    for (const queries of [1, 3, 5, 21, 40]) {
      for (const [width, heads] of [[8, 3], [64, 2], [5, 2]]) {
        for (const keys of [1, 33, 70]) {
          for (const isMasked of [false, true]) {
            await check([queries, keys, width, heads], [everything(keys)], isMasked, keys === 33);
          }
        }
      }
      await check([queries, 50, 16, 2], [slidingWindow(3, 4)], true, true);
      await check([queries, 50, 16, 2], [everything(50, true)], false, false);
    }
  });

  await step("is read by nothing else, where others are held otherwise", () => {
    for (const backend of backends.all) {
      if (backend.name !== "wasm") continue;
      const x = backend.run(halve, backend.floats(new Float32Array(4), [1, 2, 2]));
      const message = "Cannot use halves here: wanted keys and values of attend";
      assertThrows(() => backend.add(x, x), TypeError, message);
      assertThrows(() => backend.linear(x, x.reshape([2, 2])), TypeError, message);
      x.dispose();
    }
  });
}
