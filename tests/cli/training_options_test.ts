import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../cli/arguments.ts";
import { TRAINING_OPTIONS, trainingArguments } from "../../cli/training_options.ts";
import { resolveArguments } from "../../training/resolve_arguments.ts";

Deno.test("each argument of a training has an option of its type", () => {
  const { output_dir: _, disable_tqdm: _tqdm, ...args } = resolveArguments({ output_dir: "o" });
  const names = [...Object.keys(args), "save_total_limit"].sort();
  assertEquals(Object.keys(TRAINING_OPTIONS).sort(), names);
  for (const [name, { type, description }] of Object.entries(TRAINING_OPTIONS)) {
    const value: unknown = args[name as keyof typeof args];
    if (value !== undefined) assertEquals(type, typeof value, name);
    // Numbers among the defaults are those of the library.
    if (typeof value === "number" && /\(\d/.test(description)) {
      assertEquals(Number(description.match(/\(([\d.e-]+)\)\.$/)![1]), value, name);
    }
  }
});

Deno.test("trainingArguments() adds the command's own defaults", () => {
  const { evaluation_strategy, save_strategy, save_total_limit, output_dir, disable_tqdm } =
    trainingArguments({}, "out", true);
  assertEquals(
    [evaluation_strategy, save_strategy, save_total_limit, output_dir, disable_tqdm],
    ["epoch", "epoch", 2, "out", true],
  );
  assertEquals(trainingArguments({}, "out", false).evaluation_strategy, "no");
  const given = trainingArguments({ save_strategy: "no", seed: 3 }, "out", true);
  assertEquals([given.save_strategy, given.seed], ["no", 3]);
  assertThrows(() => trainingArguments({ seed: -1 }, "out", true), UsageError, "seed -1");
  const best = { load_best_model_at_end: true, save_strategy: "steps" };
  assertThrows(() => trainingArguments(best, "out", true), UsageError, "wanted the same");
});
