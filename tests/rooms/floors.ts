/** The same call on the reference and on every backend of a floor. */
import { assertEquals } from "@std/assert";
import type { Backend } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import type { Tensor, TensorArrays } from "../../tensor/tensor.ts";
import { UNIT } from "../../verify/bounds.ts";

export { UNIT };

/** What a call gave. */
export type Result = TensorArrays["float32" | "int32"];

/** A call; what it uploads and makes is given back, what it returns is read before. */
export type Call = (backend: Backend) => readonly Tensor<"float32" | "int32">[];

/** What storing a value adds to its error; nothing in float32, which bounds of `UNIT` have in them. */
export type StoreError = (y: number) => number;

/** Compares what a floor gave with what the reference gave. */
export type Check = (
  actual: readonly Result[],
  expected: readonly Result[],
  store: StoreError,
) => void;

/** The numbers that a floor computes with. */
export interface Numbers {
  /** The largest error of a rounding near 0. */
  readonly smallest: number;
  /** The largest number that each of its backends takes. */
  readonly largest: number;
  /** The nearest numbers that each of its backends stores exactly. */
  readonly storable: (values: Float32Array) => Float32Array;
}

/** A backend of a floor: a build, a number of threads, a type of storage. */
export interface Kind<Floor extends Backend> {
  /** What failures call it. */
  readonly name: string;
  readonly backend: Floor;
  readonly store: StoreError;
  /** The one before whose results its own have to be, bit for bit. */
  readonly sameAs?: string;
}

/** The backends of a floor, each opened once. */
export class Floors<Floor extends Backend = Backend> {
  constructor(
    private readonly reference: Backend,
    private readonly kinds: readonly Kind<Floor>[],
    readonly numbers: Numbers,
  ) {}

  /** Each backend. */
  get all(): readonly Floor[] {
    return this.kinds.map(({ backend }) => backend);
  }

  /** Standard normals that are stored exactly; the same for the same number. */
  draw(count: number, seed = count): Float32Array {
    return this.numbers.storable(new Random(seed).normals(count));
  }

  /** Runs a call everywhere and checks it. */
  async compare(name: string, call: Call, check: Check): Promise<void> {
    const expected = await results(this.reference, call);
    const all = new Map<string, Result[]>();
    for (const { name: kind, backend, store, sameAs } of this.kinds) {
      const actual = await results(backend, call);
      all.set(kind, actual);
      try {
        assertEquals(actual.map((x) => x.length), expected.map((x) => x.length), "sizes");
        check(actual, expected, store);
        if (sameAs) assertEquals(actual, all.get(sameAs), `other than ${sameAs}`);
      } catch (error) {
        throw new Error(`${kind}, ${name}: ${(error as Error).message}`, { cause: error });
      }
    }
  }

  /** Ends all of them. */
  dispose(): void {
    this.kinds.forEach(({ backend }) => backend.dispose());
    this.reference.dispose();
  }
}

/** A step of a test. */
export type Step = (name: string, run: () => void | Promise<void>) => Promise<boolean>;

/** The steps of a test on a floor. */
export type Steps<Floor extends Backend = Backend> = (
  floors: Floors<Floor>,
  step: Step,
) => Promise<void>;

/** Runs steps on backends that are opened once for all of them. */
export async function runSteps<Floor extends Backend>(
  t: Deno.TestContext,
  floors: Floors<Floor>,
  steps: Steps<Floor>,
): Promise<void> {
  try {
    await steps(floors, (name, run) => t.step(name, run));
  } finally {
    floors.dispose();
  }
}

/** That all results are the reference's, bit for bit. */
export function assertSame(actual: readonly Result[], expected: readonly Result[]): void {
  actual.forEach((values, i) => {
    const at = values.findIndex((value, place) => !Object.is(value, expected[i][place]));
    if (at === -1) return;
    throw new Error(`value ${at} of result ${i} is ${values[at]}, wanted ${expected[i][at]}`);
  });
}

/** That each value of the only result lies within its bound of the reference's, and is stored. */
export function within(
  bound: (expected: number, place: number, store: StoreError) => number,
): Check {
  return ([actual], [expected], store) => {
    const most = (i: number) => {
      const error = bound(expected[i], i, store);
      return error + store(Math.abs(expected[i]) + error);
    };
    const at = actual.findIndex((value, i) => !(Math.abs(value - expected[i]) <= most(i)));
    if (at === -1) return;
    throw new Error(`value ${at} is ${actual[at]}, wanted ${expected[at]} within ${most(at)}`);
  };
}

/** That the only result is the reference's, rounded to be stored. */
export const assertStored: Check = (actual, expected, store) =>
  store(1) === 0 ? assertSame(actual, expected) : within(() => 0)(actual, expected, store);

/** Reads back, and asserts that nothing is left over. */
async function results(backend: Backend, call: Call): Promise<Result[]> {
  const before = backend.memory();
  const kept = backend.scope(() => [...call(backend)]);
  const values = await Promise.all(kept.map((tensor) => tensor.getData()));
  kept.forEach((tensor) => tensor.dispose());
  assertEquals(backend.memory(), before);
  return values;
}
