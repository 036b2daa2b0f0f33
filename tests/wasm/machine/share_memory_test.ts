import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { importKernels } from "../../../wasm/machine/module.ts";
import { shareMemory } from "../../../wasm/machine/share_memory.ts";

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** A custom section named "x". */
const CUSTOM = [0, 2, 1, 0x78];

/** A section of 200 bytes, whose length takes two. */
const LONG_CUSTOM = [0, 200, 1, 1, 0x78, ...new Array(198).fill(7)];

/** Export of the memory as "m". */
const EXPORTS = [7, 5, 1, 1, 0x6d, 2, 0];

/** A module that imports memory with these limits, under a name of so many letters. */
function importing(limits: number[], letters: number): Uint8Array<ArrayBuffer> {
  const contents = [1, 1, 0x65, letters, ...new Array(letters).fill(0x6d), 2, ...limits];
  const length = contents.length < 128
    ? [contents.length]
    : [contents.length & 127 | 128, contents.length >> 7];
  return Uint8Array.from([
    ...HEADER,
    ...LONG_CUSTOM,
    ...[2, ...length, ...contents],
    ...EXPORTS,
    ...CUSTOM,
  ]);
}

function memoryOf(module: WebAssembly.Module, letters: number, memory: WebAssembly.Memory) {
  return new WebAssembly.Instance(module, { e: { ["m".repeat(letters)]: memory } }).exports.m;
}

Deno.test("shareMemory() changes the limits of the imported memory and nothing else", () => {
  // 118 letters: the section's length needs a second byte afterwards; 119: it has two already.
  for (const letters of [1, 117, 118, 119, 127]) {
    // Maxima of one byte and of two; the initial size becomes the maximum.
    for (const maximum of [[2], [0xc8, 1]]) {
      const unshared = importing([1, 1, ...maximum], letters);
      assertEquals(WebAssembly.validate(unshared), true);
      const shared = shareMemory(unshared);
      assertEquals(shared, importing([3, ...maximum, ...maximum], letters));
      assertEquals(WebAssembly.validate(shared), true);
    }
  }
});

Deno.test("what shareMemory() makes takes shared memory only, what it was given takes other only", () => {
  const unshared = importing([1, 1, 2], 3);
  const modules = [unshared, shareMemory(unshared)].map((bytes) => new WebAssembly.Module(bytes));
  const memories = [false, true].map((shared) =>
    new WebAssembly.Memory({ initial: 2, maximum: 2, shared })
  );
  for (const i of [0, 1]) {
    assertEquals(memoryOf(modules[i], 3, memories[i]), memories[i]);
    assertThrows(() => memoryOf(modules[i], 3, memories[1 - i]), WebAssembly.LinkError);
  }
});

Deno.test("shareMemory() makes kernels that run on shared memory of the full size", async () => {
  for (const build of ["relaxed", "plain"] as const) {
    const bytes = await importKernels(build);
    const shared = shareMemory(bytes);
    assertEquals(shared.length, bytes.length + 2);
    const module = await WebAssembly.compile(shared);
    const memory = new WebAssembly.Memory({ initial: 65536, maximum: 65536, shared: true });
    const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
    const { freeFrom, packPanel } = exports as Record<string, (...values: number[]) => number>;
    const from = Math.ceil(freeFrom() / 64) * 64;
    new Float32Array(memory.buffer, from, 8).set([1, 2, 3, 4, 5, 6, 7, 8]);
    packPanel(4, from, 8, 1, from + 64);
    assertEquals([...new Float32Array(memory.buffer, from + 64, 8)], [1, 2, 3, 4, 5, 6, 7, 8]);
    const other = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
    await assertRejects(
      () => WebAssembly.instantiate(module, { env: { memory: other } }),
      WebAssembly.LinkError,
    );
  }
});

Deno.test("shareMemory() leaves the module that it is given as it is", () => {
  const unshared = importing([1, 1, 2], 3);
  const before = unshared.slice();
  shareMemory(unshared);
  assertEquals(unshared, before);
});

Deno.test("shareMemory() refuses modules that do not import one unshared memory with a maximum", () => {
  const types = [1, 4, 1, 0x60, 0, 0];
  const refused = {
    "no import": [...HEADER, ...CUSTOM],
    "a function": [...HEADER, ...types, 2, 7, 1, 1, 0x65, 1, 0x6d, 0, 0],
    "two imports": [...HEADER, ...types, 2, 14, 2, 1, 0x65, 1, 0x6d, 2, 1, 1, 2, 1, 0x65, 1, 0x6d]
      .concat([0, 0]),
    "no maximum": [...importing([0, 1], 1)],
    "shared already": [...shareMemory(importing([1, 1, 2], 1))],
    "nothing": [],
    "a module cut short": [...importing([1, 1, 2], 1).subarray(0, 8 + LONG_CUSTOM.length + 3)],
  };
  for (const [name, bytes] of Object.entries(refused)) {
    assertThrows(
      () => shareMemory(Uint8Array.from(bytes)),
      RangeError,
      "Cannot share the memory of a WebAssembly module: got ",
      name,
    );
  }
});
