import { assertEquals, assertThrows } from "@std/assert";
import { resolveArguments } from "../../training/resolve_arguments.ts";
import type { TrainingArguments } from "../../training/training_arguments.ts";
import { planTraining } from "../../training/training_plan.ts";

function plan(args: TrainingArguments, batches: number) {
  const data = { examples: batches, batches, async *epoch() {} };
  return planTraining(resolveArguments(args), data);
}

Deno.test("planTraining() counts as transformers does", () => {
  // ⌊9 / 2⌋ steps an epoch.
  const three = { max_steps: 12, epochs: 3, batches: 9, warmup: 0 };
  assertEquals(plan({ gradient_accumulation_steps: 2 }, 9), three);
  assertEquals(plan({ gradient_accumulation_steps: 2, num_train_epochs: 2.3 }, 9), {
    ...three,
    max_steps: 10,
  });
  assertEquals(plan({ gradient_accumulation_steps: 2, max_steps: 9 }, 9), {
    ...three,
    max_steps: 9,
  });
  assertEquals(plan({ gradient_accumulation_steps: 8 }, 3), {
    max_steps: 3,
    epochs: 3,
    batches: 3,
    warmup: 0,
  });
});

Deno.test("planTraining() warms up for a part of the steps, rounded up, or for a number", () => {
  assertEquals(plan({ warmup_ratio: 0.1, max_steps: 11 }, 9).warmup, 2);
  assertEquals(plan({ warmup_ratio: 0.1, warmup_steps: 5, max_steps: 11 }, 9).warmup, 5);
});

Deno.test("planTraining() refuses an epoch without batches", () => {
  assertThrows(() => plan({}, 0), RangeError, "no batches");
});
