import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../bench/peers.ts";
import { SUBJECTS } from "../../bench/peers/subjects.ts";

async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  return { code: await main(args, (line) => lines.push(line)), lines };
}

Deno.test("peers lists all subjects, or those with a prefix", async () => {
  assertEquals(await run("--list"), { code: 0, lines: SUBJECTS.map(({ name }) => name) });
  const { lines } = await run("--list", "--only", "jax-js,own-linear-1024");
  assertEquals(lines, ["jax-js-linear-4096", "own-linear-1024", "jax-js-linear-1024"]);
});

Deno.test("peers prints the last results without measuring", async () => {
  const { code, lines } = await run("--last");
  assertEquals(code, 0);
  assert(lines.some((line) => line.startsWith("| task ")));
  assert(lines.some((line) => line.startsWith("| ours ÷ theirs ")));
});

Deno.test("peers --help prints the usage", async () => {
  const { code, lines } = await run("--help");
  assertEquals(code, 0);
  assertStringIncludes(lines[0], "deno task bench:peers");
});

for (const args of [["--only", "nobody"], ["--only", "torch,nobody"], ["--speed"], ["extra"]]) {
  Deno.test(`peers rejects ${args.join(" ")}`, async () => {
    const { code, lines } = await run(...args);
    assertEquals(code, 2);
    assertStringIncludes(lines[0], args.at(-1)!.split(",").at(-1)!);
  });
}
