import { assertAlmostEquals, assertEquals } from "@std/assert";
import { TRAIN_SUBJECTS } from "../../bench/peers/subjects.ts";
import { formatTimes, main } from "../../bench/train.ts";
import { countTrainFlop } from "../../bench/train/train_model.ts";

Deno.test("bench:train --list prints the names", async () => {
  const lines: string[] = [];
  assertEquals(await main(["--list"], (line) => lines.push(line)), 0);
  assertEquals(lines, TRAIN_SUBJECTS.map(({ name }) => name));
});

Deno.test("formatTimes() divides by what the busiest thread ran", () => {
  const subject = { ...TRAIN_SUBJECTS[0], task: { name: "task", flop: 4e11 } };
  const times = { seconds: 9, busiest: 8, phases: [3, 4, 1], megabytes: 12.3, versions: "" };
  assertEquals(formatTimes(subject, times, 50), [
    ...["task", subject.implementation, "9.00", "8.00", "3.00", "4.00", "1.00", "512", "50"],
    ...["50 %", "12", "50.0"],
  ]);
});

Deno.test("countTrainFlop() counts the products of a step of RoBERTa-base", () => {
  // backward.md: 793 forward, 1,392 and 696 of linear layers back, 340 of attention, in GFLOP.
  const [all, globals] = (["all", "globals"] as const).map((trained) =>
    countTrainFlop("roberta", 4096, trained)
  );
  assertAlmostEquals(all / 2525e9, 1, 0.02); // the head and the row of the global token there
  assertAlmostEquals(globals / 1829e9, 1, 0.02);
});
