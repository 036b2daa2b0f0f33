/** ops/run.ts for all backends: bind, allocate, launch, and undo a call that fails. */
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { KERNELS as CPU_KERNELS } from "../../cpu/kernels.ts";
import { CpuBackend } from "../../cpu/mod.ts";
import { BACKEND_NAMES, openBackend } from "../../device.ts";
import { KERNELS as GPU_KERNELS } from "../../gpu/kernels.ts";
import type { Backend, MemoryUse } from "../../ops/backend.ts";
import {
  type Floats,
  floats,
  type Integers,
  Operand,
  type Operation,
  rows,
  target,
} from "../../ops/operation.ts";
import * as methods from "../../ops/operations.ts";
import * as operations from "../helpers/all_operations.ts";
import { KernelBackend } from "../../ops/kernel_backend.ts";
import { OperationRunner } from "../../ops/run.ts";
import { type DeviceStorage, Tensor } from "../../tensor/tensor.ts";
import { KERNELS as WASM_KERNELS } from "../../wasm/kernels.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { testOnBackend } from "../helpers/backends.ts";

/** A test on every backend. */
function testOnEach(name: string, check: (backend: Backend) => Promise<void> | void): void {
  for (const device of BACKEND_NAMES) {
    testOnBackend(device, name, async () => {
      const backend = await openBackend(device);
      await check(backend);
      backend.dispose();
    });
  }
}

Deno.test("a backend has the methods of operations.ts, and each operation has its kernels", () => {
  new ShownBackend(); // the first one gives the class its methods
  const names = Object.keys(operations).sort();
  const own = [
    "empty",
    "like",
    "limits",
    "reserve",
    "run",
    "scope",
    "segment",
    "storeLike",
    "tensor",
  ];
  const others = ["constructor", "constructor", "floats", "integers", "weight", ...own];
  assertEquals(
    [KernelBackend, OperationRunner].flatMap(({ prototype }) =>
      Object.getOwnPropertyNames(prototype)
    ).sort(),
    [...Object.keys(methods), ...others].sort(),
  );
  assertEquals(Object.values(operations).map(({ name }) => name).sort(), names);
  for (const kernels of [CPU_KERNELS, WASM_KERNELS, GPU_KERNELS]) {
    assertEquals(Object.keys(kernels).sort(), names);
  }
});

testOnEach("a tensor that no backend made is refused", (backend) => {
  const own = backend.floats(new Float32Array(4), [1, 2, 2]);
  const host: Floats = new Tensor("float32", new Float32Array(4), [1, 2, 2]);
  const ids: Integers = new Tensor("int32", new Int32Array(2), [1, 2]);
  assertThrows(() => backend.add(own, host), TypeError, "belongs to another backend");
  assertThrows(() => backend.add(host, own), TypeError, "belongs to another backend");
  assertThrows(() => backend.gatherRows(own, ids), TypeError, "wanted values from the host");
});

testOnEach("integers are copied: the host may change its array", async (backend) => {
  const table = backend.floats(new Float32Array([1, 2, 3]), [1, 3, 1]);
  const [ids, visible] = [new Int32Array([2, 0]), new Int32Array([1, 0])];
  const [index, mask] = [ids, visible].map((values) => backend.integers(values, [1, 2]));
  ids.fill(99);
  visible.fill(99);
  assertEquals([...await backend.gatherRows(table, index).getData()], [3, 1]);
  const x = backend.floats(new Float32Array([4, 5]), [1, 2, 1]);
  const shape = { heads: 1, first: 0, tokens: 2, block: 2, factor: 2, chunk: 2 };
  const list = backend.selectStride(x, x, mask, shape);
  assertEquals([[...await list.keys.getData()], [...await list.mask.getData()]], [[4], [1]]);
});

testOnEach(
  "results belong to the innermost scope, and to the caller outside of one",
  async (backend) => {
    const x = backend.floats(new Float32Array([-1, 2]), [1, 1, 2]);
    const inside: Floats[] = [];
    const kept = backend.scope(() => {
      inside.push(backend.add(x, x));
      const outer = backend.scope(() => {
        inside.push(backend.activation(inside[0], "relu"));
        return backend.add(inside[1], x);
      });
      return backend.add(outer, outer);
    });
    assertEquals(backend.memory().tensors, 2);
    for (const tensor of inside) {
      await tensor.getData().then(
        () => Promise.reject(new Error("was read after its scope")),
        (error) => assertEquals(/disposed/.test(error.message), true, error.message),
      );
    }
    assertEquals([...await kept.getData()], [-2, 12]);
    kept.dispose();
    const alone = backend.add(x, x);
    assertEquals(backend.memory().tensors, 2);
    [x, alone].forEach((tensor) => tensor.dispose());
    assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
  },
);

Deno.test("wasm: a failed call forgets what was recorded for it", async () => {
  const backend = await WasmBackend.open({ threads: 1 });
  const foreign = new CpuBackend().floats(new Float32Array(2), [2]);
  const x = backend.floats(new Float32Array([1, 2]), [1, 2]);
  const weight = backend.floats(new Float32Array([1, 10, 100, 1000]), [2, 2]);
  const before = backend.memory();
  // The weights are packed before the bias is refused.
  assertThrows(() => backend.linear(x, weight, foreign), TypeError, "another backend");
  assertEquals(backend.memory(), before);
  assertEquals([...await backend.linear(x, weight).getData()], [21, 2100]);
  backend.dispose();
});

/** A backend that shows what it is asked to bind and to launch. */
class ShownBackend extends KernelBackend {
  readonly name = "cpu";
  readonly dtype = "fp32";
  readonly launched: unknown[] = [];
  readonly storages = new Set<DeviceStorage>();
  fails = false;

  settle(): Promise<void> {
    return Promise.resolve();
  }

  memory(): MemoryUse {
    return { tensors: this.storages.size, bytes: 0 };
  }

  dispose(): void {}

  protected store(): DeviceStorage {
    const storage = {
      read: () => Promise.resolve(new Float32Array(0)),
      dispose: () => void this.storages.delete(storage),
    };
    this.storages.add(storage);
    return storage;
  }

  protected storeWeight(): DeviceStorage {
    return this.store();
  }

  protected bind({ role, tensor }: Operand): string {
    return `${role} [${tensor.dims}]`;
  }

  protected launch(...call: unknown[]): void {
    this.launched.push(call);
    if (this.fails) throw new Error("cannot launch");
  }
}

Deno.test("run() binds nested operands by role and passes everything else on", () => {
  const backend = new ShownBackend();
  const x = backend.floats(new Float32Array(2), [2]);
  const pair: Operation<(x: Floats) => { readonly a: Floats; readonly b: Floats }> = {
    name: "add",
    plan: (x) => ({
      operands: {
        list: [{ x: rows(x), count: 3 }],
        absent: undefined,
        w: new Operand("weight", x),
      },
      shape: { dims: [1], text: "text" },
      result: { a: floats([1, 2]), b: floats([3]) },
    }),
  };
  const { a, b } = backend.run(pair, x);
  assertEquals([a.dims, b.dims], [[1, 2], [3]]);
  assertEquals(backend.launched, [[
    "add",
    { list: [{ x: "rows [2]", count: 3 }], absent: undefined, w: "weight [2]" },
    { a: "result [1,2]", b: "result [3]" },
    { dims: [1], text: "text" },
  ]]);
});

Deno.test("run() of an operation that works in place returns nothing, and marks what it changes", () => {
  const backend = new ShownBackend();
  const [x, y] = [1, 2].map(() => backend.floats(new Float32Array(1), [1]));
  const inPlace: Operation<(x: Floats, y: Floats) => void> = {
    name: "add",
    plan: (x, y) => ({ operands: { x: target(x), y: rows(y) }, shape: {}, result: undefined }),
  };
  assertStrictEquals(backend.run(inPlace, x, y), undefined);
  assertEquals(backend.launched, [["add", { x: "target [1]", y: "rows [1]" }, undefined, {}]]);
  assertEquals([x.storage?.writes, y.storage?.writes], [1, undefined]);
  assertEquals(backend.memory().tensors, 2);
});

Deno.test("run() disposes of its results if a kernel cannot be launched", () => {
  const backend = new ShownBackend();
  const x = backend.floats(new Float32Array(1), [1]);
  backend.fails = true;
  assertThrows(() => backend.add(x, x), Error, "cannot launch");
  assertEquals(backend.launched.length, 1);
  assertEquals(backend.memory().tensors, 1);
});
