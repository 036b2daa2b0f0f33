import { assertEquals, assertThrows } from "@std/assert";
import { CpuBackend } from "../../cpu/mod.ts";
import { Machine } from "../../gpu/machine/machine.ts";
import { GpuBackend } from "../../gpu/mod.ts";
import { Tensors } from "../../gpu/tensors.ts";
import { testOnFloors, testOnGpu } from "./floors.ts";

testOnFloors("tensors", async (floors, step) => {
  await step("of another backend are refused", async () => {
    const cpu = new CpuBackend();
    const other = await GpuBackend.open();
    for (const backend of floors.all) {
      const own = backend.floats(new Float32Array(4), [1, 2, 2]);
      const ownRows = backend.integers(new Int32Array(2), [1, 2]);
      for (const stranger of [cpu, other]) {
        const before = backend.memory();
        const x = stranger.floats(new Float32Array(4), [1, 2, 2]);
        const row = stranger.floats(new Float32Array(2), [2]);
        const rows = stranger.integers(new Int32Array(2), [1, 2]);
        const shape = { heads: 1, first: 0, tokens: 2, block: 2, factor: 2, chunk: 2 };
        const calls = [
          () => backend.add(own, x),
          () => backend.linear(own, x.reshape([2, 2])),
          () => backend.linear(own, own.reshape([2, 2]), row),
          () => backend.layerNorm(own, row, row, 1),
          () => backend.concatRows(x, own),
          () => backend.gatherRows(own, rows),
          () => backend.attend(own, [], { heads: 1, queryMask: rows }),
          () => backend.selectPooling(own, own, rows, shape),
          () => backend.selectPooling(own, x, ownRows, shape),
          () => backend.selectBosPooling(x, own, own, ownRows, shape),
        ];
        for (const call of calls) assertThrows(call, TypeError, "belongs to another backend");
        assertEquals(backend.memory().tensors, before.tensors);
      }
    }
    other.dispose();
    cpu.dispose();
  });
});

testOnGpu("integers that a kernel made are masks, not indices", async () => {
  const machine = await Machine.open({});
  const tensors = new Tensors(machine);
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

testOnGpu("a list that has no room leaves nothing behind", async () => {
  const backend = await GpuBackend.open({ largestBinding: 1024 });
  const x = backend.floats(new Float32Array(128), [1, 8, 16]);
  const mask = backend.integers(new Int32Array(8).fill(1), [1, 8]);
  const before = backend.memory();
  const projection = backend.floats(new Float32Array(16 * 4), [1, 16, 4]);
  const shape = { heads: 1, first: 0, tokens: 8, block: 8, factor: 1, chunk: 8 };
  // The sums of 8 tokens, 33 numbers each, are larger than the list.
  assertThrows(
    () => backend.selectLsh(x, x, mask, [projection], shape),
    RangeError,
    "binds at most 1024",
  );
  projection.dispose();
  assertEquals(backend.memory(), before);
  backend.dispose();
});
