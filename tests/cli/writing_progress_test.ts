import { assert, assertEquals } from "@std/assert";
import { Tensor } from "../../tensor/tensor.ts";
import type { StoppingCriteria } from "../../generation/stopping_criteria.ts";
import { withWritingProgress } from "../../cli/writing_progress.ts";
import { ModelMemoryIo } from "./model_memory_io.ts";

const SCORES = new Tensor("float32", new Float32Array(), [0]);

function terminal(): ModelMemoryIo {
  return Object.assign(new ModelMemoryIo(), { stderrIsTerminal: true });
}

Deno.test("withWritingProgress() is silent unless standard error is a terminal", async () => {
  const io = new ModelMemoryIo();
  assertEquals(await withWritingProgress(io, "Work", false, (all) => Promise.resolve(all)), {});
  assertEquals(io.err, "");
});

Deno.test("withWritingProgress() shows layers, then tokens and seconds", async () => {
  const io = terminal();
  let time = 500;
  const result = await withWritingProgress(io, "Work", false, (options) => {
    const criterion = options.stopping_criteria as StoppingCriteria;
    assert(!criterion.needsScores);
    options.layer_callback!({ layer: 1, layers: 2 });
    options.layer_callback!({ layer: 2, layers: 2 });
    time = 1600;
    assertEquals(criterion([[2n, 5n], [2n, 6n]], SCORES), [false, false]);
    time = 2740;
    assertEquals(criterion([[2n, 5n, 7n]], SCORES), [false]);
    return Promise.resolve(7);
  }, () => time);
  assertEquals(result, 7);
  assertEquals(io.err.split("\r\x1b[K"), [
    "",
    "Work …",
    `Work ${"█".repeat(12)}${"·".repeat(12)} layer 1 of 2`,
    `Work ${"█".repeat(24)} layer 2 of 2`,
    "Work 1 token, 1.1 s",
    "Work 2 tokens, 2.2 s",
    "",
  ]);
});

Deno.test("withWritingProgress() clears the line for a text that is streamed", async () => {
  const io = terminal();
  await withWritingProgress(io, "Work", true, (options) => {
    assertEquals(options.stopping_criteria, undefined);
    options.layer_callback!({ layer: 1, layers: 1 });
    return Promise.resolve();
  });
  assertEquals(io.err.split("\r\x1b[K"), ["", "Work …", `Work ${"█".repeat(24)} layer 1 of 1`, ""]);
});
