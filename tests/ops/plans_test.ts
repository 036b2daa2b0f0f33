/** The shape rules of all operations, on all backends. */
import { assertEquals, assertGreater, assertThrows } from "@std/assert";
import { BACKEND_NAMES, openBackend } from "../../device.ts";
import type { Backend, OperationName } from "../../ops/backend.ts";
import type { Operation } from "../../ops/operation.ts";
import * as operations from "../helpers/all_operations.ts";
import type { KernelBackend } from "../../ops/kernel_backend.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { PLANS } from "./all_plans.ts";
import { type Arguments, type Case, Operands } from "./plan_cases.ts";

const ALL = Object.keys(PLANS) as OperationName[];

/** Runs an operation, by its method if it has one. */
function call(backend: Backend, name: OperationName, args: readonly unknown[]): unknown {
  const methods = backend as unknown as Record<string, (...args: readonly unknown[]) => unknown>;
  return name in methods
    ? methods[name](...args)
    : backend.run(operations[name] as unknown as Operation, ...args);
}

/** The dimensions of a result. */
function dimsOf(made: unknown): Case<OperationName>["dims"] {
  if (made === undefined || made instanceof Tensor) return made?.dims;
  const tensors = Object.entries(made as Record<string, Tensor>);
  return Object.fromEntries(tensors.map(([name, { dims }]) => [name, dims]));
}

/** Asserts what a valid call makes, and that refused calls leave memory as it was. */
function checkPlan<Name extends OperationName>(backend: Backend, name: Name): void {
  const { args, shape, dims, refused } = PLANS[name] as Case<Name>;
  const { plan } = operations[name] as unknown as Operation;
  backend.scope(() => {
    const make = new Operands(backend);
    const valid: Arguments<Name> = args(make);
    assertEquals(plan(...valid).shape, shape);
    if (name === "halve" && backend.name === "webgpu") {
      // In float32; gpu/edges.ts has the other.
      assertThrows(() => call(backend, name, valid), RangeError, 'dtype "fp32": wanted "fp16"');
    } else if (name === "quantizeHeads" && backend.name === "webgpu") {
      assertThrows(() => call(backend, name, valid), RangeError, "wanted wasm or cpu");
    } else assertEquals(dimsOf(call(backend, name, valid)), dims);
    const calls = refused(make);
    assertGreater(calls.length, 0);
    const before = backend.memory();
    for (const [wrong, type, message] of calls) {
      assertThrows(() => call(backend, name, wrong), type, message);
    }
    assertEquals(backend.memory(), before);
    return [];
  });
  assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
}

async function checkPlans(t: Deno.TestContext, backend: Backend): Promise<void> {
  for (const name of ALL) {
    await t.step(`${name}()`, () => checkPlan(backend, name));
  }
  backend.dispose();
}

for (const device of BACKEND_NAMES) {
  testOnBackend(device, "operations have the shapes of their plans, and refusals", async (t) => {
    await checkPlans(t, await openBackend(device));
  });
}

/** The values of a result, or of the arguments if the operation works in place. */
async function read(made: unknown, args: readonly unknown[]): Promise<unknown> {
  const tensors = made instanceof Tensor ? [made] : Object.values(made ?? args)
    .filter((value): value is Tensor => value instanceof Tensor);
  assertGreater(tensors.length, 0);
  return await Promise.all(tensors.map(async (x) => ({ dims: x.dims, values: await x.getData() })));
}

for (const device of ["cpu", "wasm"] as const) {
  Deno.test(`${device}: run() with a description gives what the method gives`, async (t) => {
    const backend = await openBackend(device) as KernelBackend;
    for (const name of ALL) {
      await t.step(`${name}()`, async () => {
        const [first, second] = [1, 2].map(() => PLANS[name].args(new Operands(backend)));
        const run = backend.run(operations[name] as unknown as Operation, ...first);
        const made = call(backend, name, second);
        assertEquals(await read(run, first), await read(made, second));
      });
    }
    backend.dispose();
  });
}
