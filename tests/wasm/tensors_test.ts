import { assertEquals, assertThrows } from "@std/assert";
import { CpuBackend } from "../../cpu/mod.ts";
import { Machine } from "../../wasm/machine/machine.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { Tensors } from "../../wasm/tensors.ts";

Deno.test("tensors of another backend are refused", async () => {
  const backend = await WasmBackend.open({ threads: 1 });
  const cpu = new CpuBackend();
  const other = await WasmBackend.open({ threads: 1 });
  const own = backend.floats(new Float32Array(4), [1, 2, 2]);
  for (const stranger of [cpu, other]) {
    const before = backend.memory();
    const x = stranger.floats(new Float32Array(4), [1, 2, 2]);
    const weight = x.reshape([2, 2]);
    const row = stranger.floats(new Float32Array(2), [2]);
    const rows = stranger.integers(new Int32Array(2), [1, 2]);
    const calls = [
      () => backend.add(own, x),
      () => backend.linear(own, weight),
      () => backend.linear(own, own.reshape([2, 2]), row),
      () => backend.layerNorm(own, row, row, 1),
      () => backend.concatRows(x, own),
      () => backend.gatherRows(own, rows),
      () => backend.attend(own, [], { heads: 1, queryMask: rows }),
      () =>
        backend.selectPooling(own, own, rows, {
          heads: 1,
          first: 0,
          tokens: 2,
          block: 2,
          factor: 2,
          chunk: 2,
        }),
    ];
    for (const call of calls) assertThrows(call, TypeError, "belongs to another backend");
    assertEquals(backend.memory().tensors, before.tensors);
  }
  [backend, other, cpu].forEach((each) => each.dispose());
});

Deno.test("packed weights are refused where plain rows are wanted", async () => {
  const backend = await WasmBackend.open({ threads: 1, dtype: "q8" });
  const weight = backend.weight(new Float32Array(4), [2, 2]);
  const x = backend.floats(new Float32Array(4), [1, 2, 2]);
  const message = 'Cannot use weights with dtype "q8" here';
  assertThrows(() => backend.activation(weight, "relu"), TypeError, message);
  assertThrows(() => backend.add(x, weight.reshape([1, 2, 2])), TypeError, message);
  assertThrows(() => backend.linear(x, weight.reshape([4, 1])), TypeError, "shape [4,1]");
  backend.dispose();
});

Deno.test("integers that a kernel made are masks, not indices", async () => {
  const machine = await Machine.open({ threads: 1 });
  const tensors = new Tensors(machine, "fp32");
  const made = tensors.make("int32", [1, 2]);
  tensors.checkMask("attend", "mask", made);
  assertThrows(() => tensors.checkRange("gatherRows", made, 0, 9), TypeError, "a kernel made");
  const given = tensors.upload("int32", new Int32Array([3, -1]), [1, 2]);
  assertThrows(() => tensors.checkMask("attend", "mask", given), RangeError, "mask holds 3 at 0");
  tensors.checkRange("gatherRows", given, -1, 4);
  assertThrows(
    () => tensors.checkRange("gatherRows", given, -1, 3),
    RangeError,
    "gatherRows: index 3 at position 0, wanted -1 … 2",
  );
  machine.dispose();
});

Deno.test("a list that has no room leaves nothing behind", async () => {
  const backend = await WasmBackend.open({ threads: 1 });
  const x = backend.floats(new Float32Array(8 * 128), [1, 8, 128]);
  const mask = backend.integers(new Int32Array(8).fill(1), [1, 8]);
  const projection = backend.floats(new Float32Array(0), [1, 128, 0]);
  const before = backend.memory();
  // The sums of 2²⁰ buckets, 257 numbers each, are more than 4 GB.
  const chunk = 2 ** 20;
  const shape = { heads: 1, first: 0, tokens: 8, block: chunk, factor: chunk, chunk };
  assertThrows(
    () => backend.selectLsh(x, x, mask, [projection], shape),
    RangeError,
    "Cannot allocate 4112 MB of WebAssembly memory",
  );
  assertEquals(backend.memory(), before);
  backend.dispose();
});
