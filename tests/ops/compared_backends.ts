/** The same call on the reference and on every kind of a fast backend. */
import { assert, assertEquals } from "@std/assert";
import type { Backend } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import type { Tensor, TensorArrays } from "../../tensor/tensor.ts";
import { UNIT } from "../../verify/bounds.ts";

export { UNIT };

/** The values of a tensor that a call returned. */
export type Result = TensorArrays["float32" | "int32"];

/** A call; what it uploads and makes is disposed of, what it returns is read before. */
export type Call = (backend: Backend) => readonly Tensor<"float32" | "int32">[];

/** The error that storing a value adds; none in float32, which bounds of `UNIT` include. */
export type StoreError = (y: number) => number;

/** Compares what a backend computed with what the reference computed. */
export type Check = (
  actual: readonly Result[],
  expected: readonly Result[],
  store: StoreError,
) => void;

/** The numbers that a backend computes with. */
export interface Numbers {
  /** The largest error of a rounding near 0. */
  readonly smallest: number;
  /** The largest number that each of its kinds takes. */
  readonly largest: number;
  /** The nearest numbers that each of its kinds stores exactly. */
  readonly storable: (values: Float32Array) => Float32Array;
}

/** A kind of a backend: a build and a number of threads, or a type of storage. */
export interface Kind<Fast extends Backend> {
  /** Its name in failures. */
  readonly name: string;
  readonly backend: Fast;
  readonly store: StoreError;
  /** The kind before it whose results its own have to equal, bit for bit. */
  readonly sameAs?: string;
}

/** The kinds of a backend, each opened once, beside the reference. */
export class ComparedBackends<Fast extends Backend = Backend> {
  constructor(
    private readonly reference: Backend,
    private readonly kinds: readonly Kind<Fast>[],
    readonly numbers: Numbers,
  ) {}

  /** The backend of each kind. */
  get all(): readonly Fast[] {
    return this.kinds.map(({ backend }) => backend);
  }

  /** Standard normals that are stored exactly; the same for the same number. */
  draw(count: number, seed = count): Float32Array {
    return this.numbers.storable(new Random(seed).normals(count));
  }

  /** Runs a call on all backends and checks its results. */
  async compare(name: string, call: Call, check: Check): Promise<void> {
    const expected = await results(this.reference, call);
    assert(expected.length > 0, `${name}: got no tensor, wanted one or more to compare`);
    const all = new Map<string, Result[]>();
    // At once: a reading of webgpu waits 11 ms in Deno, however short it is.
    const made = await Promise.all(this.kinds.map(({ backend }) => results(backend, call)));
    this.kinds.forEach(({ name: kind, store, sameAs }, i) => {
      const actual = made[i].map(({ values }) => values);
      all.set(kind, actual);
      try {
        assertEquals(made[i].map(outline), expected.map(outline), "other shapes");
        check(actual, expected.map(({ values }) => values), store);
        if (sameAs) assertEquals(actual, all.get(sameAs), `other than ${sameAs}`);
      } catch (error) {
        throw new Error(`${kind}, ${name}: ${(error as Error).message}`, { cause: error });
      }
    });
  }

  /** Disposes of all of them. */
  dispose(): void {
    this.kinds.forEach(({ backend }) => backend.dispose());
    this.reference.dispose();
  }
}

/** Runs a step of a test. */
export type Step = (name: string, run: () => void | Promise<void>) => Promise<boolean>;

/** The steps of a test on the kinds of a backend. */
export type Steps<Fast extends Backend = Backend> = (
  backends: ComparedBackends<Fast>,
  step: Step,
) => Promise<void>;

/** Runs steps on backends that are opened once for all of them. */
export async function runSteps<Fast extends Backend>(
  t: Deno.TestContext,
  backends: ComparedBackends<Fast>,
  steps: Steps<Fast>,
): Promise<void> {
  try {
    await steps(backends, (name, run) => t.step(name, run));
  } finally {
    backends.dispose();
  }
}

/** Asserts that all results are the reference's, bit for bit. */
export function assertSame(actual: readonly Result[], expected: readonly Result[]): void {
  actual.forEach((values, i) => {
    const at = values.findIndex((value, index) => !Object.is(value, expected[i][index]));
    if (at === -1) return;
    throw new Error(`value ${at} of result ${i} is ${values[at]}, wanted ${expected[i][at]}`);
  });
}

/** Asserts that each value of the only result is the reference's within a bound, and stored. */
export function within(
  bound: (expected: number, index: number, store: StoreError) => number,
): Check {
  return (results, [expected], store) => {
    assertEquals(results.length, 1, "a bound is for one result");
    const most = (i: number) => {
      const error = bound(expected[i], i, store);
      return error + store(Math.abs(expected[i]) + error);
    };
    const [actual] = results;
    const at = actual.findIndex((value, i) => !(Math.abs(value - expected[i]) <= most(i)));
    if (at === -1) return;
    throw new Error(`value ${at} is ${actual[at]}, wanted ${expected[at]} within ${most(at)}`);
  };
}

/** Asserts that the only result is the reference's, rounded to be stored. */
export const assertStored: Check = (actual, expected, store) =>
  store(1) === 0 ? assertSame(actual, expected) : within(() => 0)(actual, expected, store);

/** A tensor after it was read. */
interface Read {
  readonly type: string;
  readonly dims: readonly number[];
  readonly values: Result;
}

/** The sizes that have to be equal before values are compared. */
function outline({ type, dims, values }: Read): unknown {
  return { type, dims, length: values.length };
}

/** Reads the results of a call, and asserts that it leaves no memory behind. */
async function results(backend: Backend, call: Call): Promise<Read[]> {
  const before = backend.memory();
  const kept = backend.scope(() => [...call(backend)]);
  const read = await Promise.all(
    kept.map(async (tensor) => ({
      type: tensor.type,
      dims: tensor.dims,
      values: await tensor.getData(),
    })),
  );
  kept.forEach((tensor) => tensor.dispose());
  assertEquals(backend.memory(), before);
  return read;
}
