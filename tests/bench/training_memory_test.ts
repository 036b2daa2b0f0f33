import { assert, assertEquals } from "@std/assert";
import { planRoberta } from "../../bench/training_memory.ts";
import type { Checkpointing } from "../../training/mod.ts";

Deno.test("training RoBERTa-base on 4,096 tokens fits the memory that the project promises", async () => {
  const planned = await planRoberta(4096);
  assertEquals(planned.length, 9);
  const peak = (trainable: string, checkpoint: Checkpointing) =>
    planned.find((one) => one.trainable === trainable && one.checkpoint === checkpoint)!.memory
      .peak;
  // A third of what PyTorch takes: 8.9 and 7.2 GB.
  assert(peak("all", true) < 2.8e9, String(peak("all", true)));
  assert(peak("all", "attention") < 2.5e9, String(peak("all", "attention")));
  assert(peak("globals", true) < 1.2e9, String(peak("globals", true)));
  assert(peak("globals", false) < 4 * 2 ** 30 && peak("all", false) < 4 * 2 ** 30);
  assert(peak("head", false) < 0.7e9);
});
