import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../bench/length.ts";
import { drawChart, formatReport, merge } from "../../bench/length_report.ts";
import { BACKEND_NAMES } from "../../device.ts";
import { LENGTH_MODELS } from "../../bench/length_models.ts";

async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  return { code: await main(args, (line) => lines.push(line)), lines };
}

Deno.test({
  name: "length prints seconds and memory of each pattern",
  ignore: Deno.build.os !== "linux", // memory is read from /proc
  fn: async () => {
    const { code, lines } = await run("--lengths", "32", "--repeats", "1");
    assertEquals(code, 0);
    lines.forEach((line) => assert(line.length <= 100, line));
    for (const { name } of LENGTH_MODELS) {
      const rows = lines.map((line) => line.split("|").map((cell) => cell.trim()))
        .filter((row) => row[1] === name);
      const cells = rows.map((row) => row.slice(2, -1).map(Number));
      assertEquals(cells.map((row) => row.length), [1, 1], name);
      assert(cells[0].every((seconds) => seconds > 0), name);
    }
  },
});

Deno.test({
  name: "length counts what the first pass takes, too",
  ignore: Deno.build.os !== "linux", // memory is read from /proc
  fn: async () => {
    const { lines } = await run("--lengths", "512", "--repeats", "1", "--only", "full");
    const megabytes = Number(lines.at(-1)!.split("|")[2]);
    assert(megabytes >= 10, `${megabytes} MB`); // 20 to 30; beyond the first pass 0 to 3
  },
});

Deno.test("formatReport() leaves cells without a measurement empty", () => {
  const passes = LENGTH_MODELS.map(({ name }) => ({
    pattern: name,
    tokens: 512,
    seconds: name === "full" ? 31 : 1,
    megabytes: 20,
    machine: "2 cores",
  }));
  const longer = passes.filter(({ seconds }) => seconds < 30)
    .map((pass) => ({ ...pass, tokens: 1024 }));
  const lines = formatReport([...passes, ...longer], "cpu");
  assertEquals(lines.filter((line) => line.startsWith("| full ")), [
    "| full                      | 31.000 |       |",
    "| full                      |  20 |       |",
  ]);
  assertEquals(lines.at(-1), "Empty cells were not measured; see `--limit`.");
  assertEquals(formatReport(passes, "cpu").at(-1)!.slice(0, 11), "| LSG 32/32");
});

Deno.test("formatReport() has rows only for measured patterns", () => {
  const pass = { pattern: "full", tokens: 64, seconds: 2, megabytes: 3, machine: "2 cores" };
  assertEquals(formatReport([pass], "cpu"), [
    "2 cores, cpu. Seconds per pass:",
    "",
    "| attention |    64 |",
    "| --------- | ----: |",
    "| full      | 2.000 |",
    "",
    "Megabytes in addition to the loaded model:",
    "",
    "| attention | 64 |",
    "| --------- | -: |",
    "| full      |  3 |",
  ]);
  const older = { ...pass, pattern: "BigBird 64", sinceFirstPass: true };
  const headings = formatReport([older], "cpu").filter((line) => line.startsWith("Megabytes"));
  assertEquals(headings, [
    "Megabytes in addition to the process after a first pass of up to 512 tokens:",
  ]);
  const rows = formatReport([pass, older], "cpu").filter((line) => line.startsWith("| full"));
  assertEquals(rows.length, 2); // seconds and megabytes, not those of the older kind
});

Deno.test("merge() replaces figures of the same pattern and length and keeps the others", () => {
  const pass = (pattern: string, tokens: number, seconds: number) => (
    { pattern, tokens, seconds, megabytes: 1, machine: "2 cores" }
  );
  const older = [pass("full", 64, 1), pass("BigBird 64", 64, 2), pass("full", 256, 3)];
  const newer = [pass("full", 128, 4), pass("full", 256, 5)];
  assertEquals(merge(older, newer), [older[0], older[1], ...newer]);
});

Deno.test("the page's tables and charts match the stored results", async () => {
  const read = (path: string) => Deno.readTextFile(new URL(`../../${path}`, import.meta.url));
  const results = JSON.parse(await read("bench/length_results.json"));
  const page = await read("docs/which_pattern.md");
  assertEquals(Object.keys(results).toSorted(), BACKEND_NAMES.toSorted());
  for (const device of BACKEND_NAMES) {
    assertStringIncludes(page, formatReport(results[device], device).join("\n"));
    assertEquals(await read(`docs/length_${device}.svg`), drawChart(results[device], device));
  }
});

Deno.test("each pattern has its own colour", () => {
  const passes = LENGTH_MODELS.map(({ name }, i) => (
    { pattern: name, tokens: 512, seconds: 1 + i, megabytes: 1, machine: "2 cores" }
  ));
  const svg = drawChart([...passes, ...passes.map((pass) => ({ ...pass, tokens: 1024 }))], "cpu");
  const colours = [...svg.matchAll(/<polyline[^>]+stroke="(#\w+)"/g)].map(([, colour]) => colour);
  assertEquals(new Set(colours).size, LENGTH_MODELS.length);
});

for (
  const args of [
    ["--lengths", "0"],
    ["--lengths", "128,many"],
    ["--lengths", "128,64"],
    ["--repeats", "0"],
    ["--repeats", "1.5"],
    ["--device", "abacus"],
    ["--limit", "0"],
    ["--limit", "soon"],
    ["--only", "fall"],
    ["--long", "--write"],
    ["--long", "--only", "full"],
    ["--long", "--device", "cpu"],
    ["--speed"],
  ]
) {
  Deno.test(`length ${args.join(" ")} exits with 2 and names the mistake`, async () => {
    const { code, lines } = await run(...args);
    assertEquals(code, 2);
    assertStringIncludes(lines[0], args[1] === "abacus" ? "abacus" : args[0]);
  });
}

Deno.test("length --help prints the usage and exits with 0", async () => {
  const { code, lines } = await run("--help");
  assertEquals(code, 0);
  assertStringIncludes(lines.join("\n"), "--lengths");
});
