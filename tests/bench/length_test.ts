import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../bench/length.ts";
import { EFFICIENCY } from "../../bench/patterns.ts";

async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  return { code: await main(args, (line) => lines.push(line)), lines };
}

Deno.test({
  name: "length prints seconds and memory of each attention, and writes the chart",
  ignore: Deno.build.os !== "linux", // it asks /proc for the memory
  fn: async () => {
    const svg = await Deno.makeTempFile({ suffix: ".svg" });
    const { code, lines } = await run("--lengths", "32", "--repeats", "1", "--svg", svg);
    assertEquals(code, 0);
    const all = lines.join("\n").split("\n");
    all.forEach((line) => assert(line.length <= 100, line));
    for (const { name } of EFFICIENCY) {
      const rows = all.filter((line) => line.startsWith(`| ${name} `));
      const cells = rows.map((row) => row.split("|").slice(2, -1).map(Number));
      assertEquals(cells.map((row) => row.length), [1, 1], name);
      assert(cells[0].every((seconds) => seconds > 0), name);
    }
    assertStringIncludes(await Deno.readTextFile(svg), "LSG 32/32</text>");
    await Deno.remove(svg);
  },
});

for (
  const args of [
    ["--lengths", "0"],
    ["--lengths", "128,many"],
    ["--repeats", "0"],
    ["--repeats", "1.5"],
    ["--device", "abacus"],
    ["--svg"],
    ["--speed"],
  ]
) {
  Deno.test(`length ${args.join(" ")} exits with 2 and says what is wrong`, async () => {
    const { code, lines } = await run(...args);
    assertEquals(code, 2);
    assertStringIncludes(lines[0], "Cannot measure with");
    assertStringIncludes(lines[0], args[0]);
  });
}

Deno.test("length --help prints the usage and exits with 0", async () => {
  const { code, lines } = await run("--help");
  assertEquals(code, 0);
  assertStringIncludes(lines.join("\n"), "--lengths");
});
