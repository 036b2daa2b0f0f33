import { assertEquals } from "@std/assert";
import { readResults, writeResults } from "../../../bench/peers/results.ts";

Deno.test("readResults() reads what writeResults() wrote, and nothing without a file", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/new/results.json`;
  assertEquals(await readResults(file), {});
  const outcome = { seconds: 2, megabytes: 300, versions: "a 1" };
  const results = { a: { outcome, machine: "2 cores", peak: 40 } };
  await writeResults(file, results);
  assertEquals(await readResults(file), results);
  await Deno.remove(folder, { recursive: true });
});
