import { assertEquals } from "@std/assert";
import { everything } from "../../attention/mod.ts";
import { attend } from "../../gpu/attend.ts";
import { attendKernel, attendTile } from "../../gpu/attend_kernel.ts";

/** Memory that no kernel touches. */
const buffer = {} as GPUBuffer;
const storage = { buffer } as Parameters<typeof attend>[0]["query"];

/** Rows of the calls of full attention: the first, how many, the position of the first. */
function callsOf(rows: number, position: number): number[][] {
  const source = { keys: storage, values: storage, rows, first: 0, count: rows, number: 0 };
  const spans = [everything(rows)];
  const part = { first: 0, count: rows, position, sources: [{ ...source, spans }] };
  const shape = { batch: 1, rows, heads: 12, width: 64, keyHeads: 12, scale: 1 };
  const traits = { isEmulated: false, floatBytes: 4, workgroupBytes: 32768 };
  const operands = { query: storage, parts: [part] } as unknown as Parameters<typeof attend>[0];
  const calls = attend(operands, storage, shape as Parameters<typeof attend>[2], {
    ...traits,
    allocate: () => buffer,
  });
  return calls.map(({ words }) => words.slice(4, 7));
}

Deno.test("attend() is one call where it is short, and many where it would take seconds", () => {
  assertEquals(callsOf(4096, 7), [[0, 4096, 7]]);
  const calls = callsOf(65536, 0);
  assertEquals(calls.length > 10, true);
  let next = 0;
  for (const [first, count, position] of calls) {
    assertEquals([first, position], [next, next]);
    next += count;
  }
  assertEquals(next, 65536);
  assertEquals(calls.slice(0, -1).every(([, count]) => count === calls[0][1]), true);
  assertEquals(calls[0][1] % 32, 0);
});

Deno.test("a chain reads sums of memory before one of the invocations that did writes them", () => {
  // workgroupBarrier() orders a workgroup's memory alone, whatever emulations do.
  for (const isResident of [true, false]) {
    const sizes = { columns: 2, keys: 32, isResident, unroll: 2, isWhole: true, kept: undefined };
    const places = (isChain: boolean) => {
      const { code } = attendKernel({ ...sizes, isChain });
      return ["sum3 = select(0, state[at + 1]", "storageBarrier()", "state[at] ="]
        .map((text) => code.indexOf(text));
    };
    const [read, barrier, written] = places(true);
    assertEquals([read >= 0, barrier > read, written > barrier], [true, true, true]);
    assertEquals(places(false), [-1, -1, -1]);
  }
});

Deno.test("attendTile() takes the largest tile that fits into a workgroup's memory", () => {
  const [large, small] = [32768, 16384];
  assertEquals([1, 2, 3, 4].map((columns) => attendTile(columns, large)), [
    { keys: 64, isResident: true },
    { keys: 64, isResident: true },
    { keys: 64, isResident: true },
    { keys: 64, isResident: false },
  ]);
  assertEquals([1, 2, 8].map((columns) => attendTile(columns, small)), [
    { keys: 32, isResident: true },
    { keys: 32, isResident: false },
    { keys: 32, isResident: false },
  ]);
});
