import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LSG_DEFAULTS } from "../../attention/mod.ts";
import { main } from "../../bench/length.ts";
import { lsgPairs } from "../../bench/visible_keys.ts";

async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  return { code: await main(args, (line) => lines.push(line)), lines };
}

Deno.test("length prints the machine and two lines for each length, and writes the chart", async () => {
  const svg = await Deno.makeTempFile({ suffix: ".svg" });
  const { code, lines } = await run("--lengths", "128,384", "--repeats", "1", "--svg", svg);
  assertEquals(code, 0);
  lines.forEach((line) => assert(line.length <= 100, line));
  assertStringIncludes(lines[0], "Deno ");
  const cells = lines.slice(4).map((line) => line.split("|").slice(1, -1).map((c) => c.trim()));
  assertEquals(cells.map(([tokens]) => tokens), ["128", "128", "384", "384"]);
  const visible = [128, 384].map((t) => lsgPairs(t, LSG_DEFAULTS) / (t + 1));
  assertEquals(
    cells.map(([, , keys]) => keys),
    ["128", visible[0].toFixed(0), "384", visible[1].toFixed(0)],
  );
  assertEquals(cells[2][6], "1.00");
  assertEquals(cells[3][6], (384 ** 2 / lsgPairs(384, LSG_DEFAULTS)).toFixed(2));
  assertStringIncludes(await Deno.readTextFile(svg), "</svg>");
  await Deno.remove(svg);
});

for (
  const args of [
    ["--lengths", "100"],
    ["--lengths", "128,many"],
    ["--lengths", "0"],
    ["--repeats", "0"],
    ["--repeats", "1.5"],
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
