import { assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { runSubject } from "../../../bench/peers/run_subject.ts";
import type { Subject } from "../../../bench/peers/subjects.ts";

const PASSES = '{"warmups":0,"repeats":1}';

function subject(program: "deno" | "python", ...args: string[]): Subject {
  return { name: "test", task: { name: "test", flop: 1 }, implementation: "test", program, args };
}

Deno.test("runSubject() measures time and memory of a process", async () => {
  const args = ["bench/peers/own_linear.ts", PASSES, "1", "8", "8", "8"];
  const outcome = await runSubject(subject("deno", ...args), "python3");
  if ("skipped" in outcome) throw new Error(outcome.skipped);
  assertGreater(outcome.seconds, 0);
  if (Deno.build.os === "linux") assertGreater(outcome.megabytes ?? 0, 10);
  assertStringIncludes(outcome.versions, "@lsg/core");
});

Deno.test("runSubject() returns the reason if nothing can be measured", async () => {
  const python = await runSubject(subject("python", "-V"), "no-such-python");
  assertEquals(python, { skipped: "missing program no-such-python" });
  const args = ["bench/peers/onnx_runtime.ts", PASSES, "1", "onnxruntime-web", "none.onnx", "8"];
  const onnx = await runSubject(subject("deno", ...args), "python3");
  assertEquals(onnx, { skipped: "missing model none.onnx" });
});
