import { assertEquals, assertStringIncludes } from "@std/assert";
import { main as globals } from "../../../bench/globals.ts";
import { main as table2 } from "../../../bench/table2.ts";

for (const [name, main] of Object.entries({ table2, globals })) {
  const run = async (...args: string[]) => {
    const lines: string[] = [];
    return { code: await main(args, (line) => lines.push(line)), text: lines.join("\n") };
  };

  for (
    const args of [
      ["--fast"],
      ["--seeds", "0"],
      ["--epochs", "x"],
      ["--readers", "nobody"],
      ["--quick", "--write"],
      ["--quick", "--seeds", "1"],
      ["--report", "--readers", "bigbird"],
    ]
  ) {
    Deno.test(`${name} ${args.join(" ")} exits with 2 and names the mistake`, async () => {
      const { code, text } = await run(...args);
      assertEquals(code, 2);
      assertStringIncludes(text.split("\n")[0], args[0]);
    });
  }

  Deno.test(`${name} --help prints the usage and exits with 0`, async () => {
    const { code, text } = await run("--help");
    assertEquals(code, 0);
    assertStringIncludes(text, "--quick");
  });

  Deno.test(`${name} --report prints a table of what is there`, async () => {
    const { code, text } = await run("--report");
    assertEquals(code, 0);
    assertStringIncludes(text, "naive Bayes, 4,096 tokens");
    const explains = text.includes("standard error over the 11 test books");
    assertEquals(explains, name === "table2");
  });
}
