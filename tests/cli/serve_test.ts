import { assertEquals, assertStringIncludes } from "@std/assert";
import { runServe } from "../../cli/serve.ts";
import { ModelMemoryIo, taskModel } from "./model_memory_io.ts";

Deno.test("lsg serve stops its server if it cannot say where it listens", async () => {
  const io = new ModelMemoryIo();
  io.stdout = () => Promise.reject(new Error("the disk is full"));
  const args = [taskModel("bert_sentences"), "--port", "0", "--device", "wasm", "--threads", "1"];
  assertEquals(await runServe(args, io), 1);
  assertStringIncludes(io.err, '"event":"stopped"}\nlsg serve: the disk is full\n');
});
