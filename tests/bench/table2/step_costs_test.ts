import { assertEquals } from "@std/assert";
import { StepCosts } from "../../../bench/table2/step_costs.ts";

Deno.test({
  name: "a training that goes on keeps the costs of its updates, one that begins does not",
  ignore: Deno.build.os !== "linux", // memory is read from /proc
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const path = `${folder}/costs.jsonl`;
    // Seconds and megabytes of an earlier process.
    await Deno.writeTextFile(path, "[4000,1e6]\n");
    for (const resumes of [true, false]) {
      const costs = await StepCosts.open(path, 2, resumes);
      costs.begin();
      await costs.end();
      const read = await costs.read();
      assertEquals(read.megabytes === 1e6, resumes);
      assertEquals(read.seconds > 900, resumes); // a half of (4,000 + 0) / 2
    }
    await (await StepCosts.open(`${folder}/new.jsonl`, 2, false)).end();
    await Deno.remove(folder, { recursive: true });
  },
});
