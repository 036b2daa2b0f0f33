import { assert, assertEquals } from "@std/assert";
import {
  floatWord,
  invocations,
  line,
  MOST_GROUPS,
  MOST_WORK,
  turnsOf,
  WORKGROUP,
} from "../../../gpu/machine/commands.ts";
import { Machine } from "../../../gpu/machine/machine.ts";
import { GpuStorage } from "../../../gpu/machine/storage.ts";
import { draw, testOnGpu } from "../backends.ts";
import { doubled } from "./doubled.ts";

Deno.test("line() folds what is too long for one dimension", () => {
  assertEquals(line(0), [0, 0, 1]);
  assertEquals(line(1), [1, 1, 1]);
  assertEquals(line(MOST_GROUPS), [MOST_GROUPS, 1, 1]);
  assertEquals(line(MOST_GROUPS + 1), [32768, 2, 1]);
  for (const count of [65537, 131071, 1_000_003]) {
    const [x, y] = line(count);
    assert(x <= MOST_GROUPS && x * y >= count && x * (y - 1) < count, `${count} in ${x}·${y}`);
  }
});

Deno.test("invocations() reach every number", () => {
  assertEquals([0, 1, WORKGROUP, WORKGROUP + 1].map(invocations), [
    [0, 0, 1],
    [1, 1, 1],
    [1, 1, 1],
    [2, 1, 1],
  ]);
});

Deno.test("turnsOf() divides what takes long, and nothing else", () => {
  assertEquals(turnsOf(0, 5), []);
  assertEquals(turnsOf(7, 0), [{ first: 0, end: 7, work: 0 }]);
  assertEquals(turnsOf(1000, MOST_WORK / 1000), [{ first: 0, end: 1000, work: MOST_WORK }]);
  const turns = turnsOf(1000, MOST_WORK / 600);
  assertEquals(turns.map(({ first, end }) => [first, end]), [[0, 512], [512, 1000]]);
  assertEquals(turns.every(({ work }) => work <= MOST_WORK), true);
  // Where one value takes long, as many as a workgroup has.
  assertEquals(turnsOf(2 * WORKGROUP, MOST_WORK).map(({ end }) => end), [256, 512]);
});

Deno.test("floatWord() gives a float's bits", () => {
  assertEquals(floatWord(1), 0x3f800000);
  assertEquals(floatWord(-2), 0xc0000000);
});

testOnGpu("a line of workgroups that is folded reaches every value", async () => {
  const machine = await Machine.open({});
  const count = 5 * WORKGROUP - 1;
  const x = new GpuStorage(machine, "float32", [count], draw(count));
  const y = new GpuStorage(machine, "float32", [count]);
  machine.record({ ...doubled(machine, x, y, count), groups: [2, 3, 1] });
  assertEquals(await y.read(), draw(count).map((value) => 2 * value));
  machine.dispose();
});
