import { assertEquals } from "@std/assert";
import { chunkRows, feedForward } from "../../gpu/feed_forward.ts";
import { Machine } from "../../gpu/machine/machine.ts";
import { GpuStorage } from "../../gpu/machine/storage.ts";
import {
  checkFeedForward,
  type FeedForwardCase,
  feedForwardCases,
} from "../rooms/feed_forward_cases.ts";
import type { Floors } from "../rooms/floors.ts";
import { activationBound } from "./activation_bound.ts";
import { draw, testOnFloors, testOnGpu } from "./floors.ts";

/** A case with the bounds of this floor. */
const check = (floors: Floors, drawn: FeedForwardCase) =>
  checkFeedForward(floors, drawn, activationBound, "weight");

testOnFloors("feedForward()", async (floors, step) => {
  await feedForwardCases(floors, step, activationBound);

  await step("at each width around tiles and steps", async () => {
    for (const inner of [1, 8, 9, 31, 32, 33, 100]) {
      await check(floors, { rows: 6, inputs: 3, inner, outputs: 9, bias: true });
      await check(floors, { rows: 33, inputs: inner, inner: 10, outputs: 8 });
      await check(floors, { rows: 6, inputs: 4, inner: 12, outputs: inner, bias: true });
    }
  });
});

testOnGpu("feedForward() in chunks of rows gives what it gives at once", async () => {
  const machine = await Machine.open({});
  const [rows, inputs, inner, outputs] = [70, 8, 12, 5];
  const stored = (values: Float32Array, dims: number[]) =>
    new GpuStorage(machine, "float32", dims, values).parts;
  const x = stored(draw(rows * inputs, 1), [rows, inputs]);
  const up = { weight: stored(draw(inner * inputs, 2), [inner, inputs]), bias: undefined };
  const down = { weight: stored(draw(outputs * inner, 3), [outputs, inner]), bias: undefined };
  const results: Float32Array[] = [];
  for (const chunk of [70, 69, 32, 7]) {
    const room = { buffer: machine.allocate(chunk * inner * 4, false), rows: chunk };
    const y = new GpuStorage(machine, "float32", [rows, outputs]);
    const sizes = { rows, inputs, inner, outputs };
    const commands = feedForward(x, up, "gelu", down, y.parts, room, sizes, false);
    assertEquals(commands.length, 2 * Math.ceil(rows / chunk));
    machine.record(...commands);
    results.push(await y.read() as Float32Array);
  }
  for (const result of results) assertEquals(result, results[0]);
  machine.dispose();
});

Deno.test("chunkRows() takes whole tiles, as many as 32 MiB hold", () => {
  assertEquals(chunkRows(0, 3072), 0);
  assertEquals(chunkRows(100, 3072), 100);
  assertEquals(chunkRows(2688, 3072), 2688);
  assertEquals(chunkRows(4096, 3072), 2048);
  assertEquals(chunkRows(16384, 3072), 2432);
  assertEquals(chunkRows(1000, 2 ** 23), 128);
});
