/** The same call on the reference and on every kind of WebAssembly backend. */
import { assertEquals } from "@std/assert";
import type { Backend, DataType } from "../../backend.ts";
import { CpuBackend } from "../../cpu/mod.ts";
import type { Tensor, TensorArrays } from "../../tensor.ts";
import { WasmBackend } from "../../wasm/mod.ts";

/** What a call gave. */
export type Result = TensorArrays["float32" | "int32"];

/** A call; what it uploads and makes is given back, what it returns is read before. */
export type Call = (backend: Backend) => readonly Tensor<"float32" | "int32">[];

/** Compares what a floor gave with what the reference gave. */
export type Check = (actual: readonly Result[], expected: readonly Result[]) => void;

/** Half the distance from 1 to the next float32: the largest relative error of one rounding. */
export const UNIT = 2 ** -24;

/** The smallest float32 above 0, the largest error of a rounding near 0. */
export const SMALLEST = 2 ** -149;

/** The kinds of backends, each opened once. */
export class Floors {
  private constructor(
    private readonly reference: CpuBackend,
    private readonly floors: ReadonlyMap<string, WasmBackend>,
  ) {}

  /** Both builds, on one thread and on two. */
  static async open(dtype: DataType = "fp32"): Promise<Floors> {
    const floors = new Map<string, WasmBackend>();
    for (const build of ["relaxed", "plain"] as const) {
      for (const threads of [1, 2]) {
        floors.set(`${build} ${threads}`, await WasmBackend.open({ build, threads, dtype }));
      }
    }
    return new Floors(new CpuBackend({ dtype }), floors);
  }

  /** Each WebAssembly backend with its name. */
  get all(): Iterable<[string, WasmBackend]> {
    return this.floors;
  }

  /** Runs a call everywhere, checks it, and that a second thread changes no bit of it. */
  async compare(name: string, call: Call, check: Check): Promise<void> {
    const expected = await results(this.reference, call);
    const actual = new Map<string, Result[]>();
    for (const [floor, backend] of this.floors) {
      const values = await results(backend, call);
      actual.set(floor, values);
      try {
        assertEquals(values.map((x) => x.length), expected.map((x) => x.length), "sizes");
        check(values, expected);
      } catch (error) {
        throw new Error(`${floor}, ${name}: ${(error as Error).message}`, { cause: error });
      }
    }
    for (const build of ["relaxed", "plain"]) {
      assertEquals(actual.get(`${build} 2`), actual.get(`${build} 1`), `${build}, ${name}`);
    }
  }

  /** Ends all of them. */
  dispose(): void {
    for (const backend of this.floors.values()) backend.dispose();
    this.reference.dispose();
  }
}

/** A step of a test. */
export type Step = (name: string, run: () => void | Promise<void>) => Promise<boolean>;

/** A test on all floors; they are opened once for its steps. */
export function testOnFloors(
  room: string,
  body: (floors: Floors, step: Step) => Promise<void>,
  dtype?: DataType,
): void {
  Deno.test(`wasm: ${room}`, async (t) => {
    const floors = await Floors.open(dtype);
    try {
      await body(floors, (name, run) => t.step(name, run));
    } finally {
      floors.dispose();
    }
  });
}

/** That all results are the reference's, bit for bit. */
export const assertSame: Check = (actual, expected) => {
  actual.forEach((values, i) => {
    const at = values.findIndex((value, place) => !Object.is(value, expected[i][place]));
    if (at === -1) return;
    throw new Error(`value ${at} of result ${i} is ${values[at]}, wanted ${expected[i][at]}`);
  });
};

/** That each value of the only result lies within its bound of the reference's. */
export function within(bound: (expected: number, place: number) => number): Check {
  return ([actual], [expected]) => {
    const at = actual.findIndex((value, i) =>
      !(Math.abs(value - expected[i]) <= bound(expected[i], i))
    );
    if (at === -1) return;
    throw new Error(
      `value ${at} is ${actual[at]}, wanted ${expected[at]} within ${bound(expected[at], at)}`,
    );
  };
}

/** Reads back, and asserts that nothing is left over. */
async function results(backend: Backend, call: Call): Promise<Result[]> {
  const before = backend.memory();
  const kept = backend.scope(() => [...call(backend)]);
  const values: Result[] = [];
  for (const tensor of kept) values.push(await tensor.getData());
  kept.forEach((tensor) => tensor.dispose());
  assertEquals(backend.memory(), before);
  return values;
}
