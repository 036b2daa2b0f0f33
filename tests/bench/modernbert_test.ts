import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../bench/modernbert.ts";
import { countModernBertFlop, makeModernBertConfig } from "../../bench/modernbert_base.ts";
import { parseConfig } from "../../checkpoint/mod.ts";

async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  return { code: await main(args, (line) => lines.push(line)), lines };
}

Deno.test("bench:modernbert prints its usage, and refuses what is not a length", async () => {
  const { code, lines } = await run("--help");
  assertEquals(code, 0);
  assertStringIncludes(lines[0], "deno task bench:modernbert");
  for (const args of [["--tokens", "0"], ["--tokens", "many"], ["--repeats", "0"], ["extra"]]) {
    const { code, lines } = await run(...args);
    assertEquals(code, 2, args.join(" "));
    assert(lines[0].includes(args[0]), lines[0]);
  }
});

Deno.test("the work of ModernBERT-base is that of its layers", () => {
  const { local, num_hidden_layers } = parseConfig(makeModernBertConfig());
  assertEquals([num_hidden_layers, local!.layers.filter((each) => each).length], [22, 14]);
  const [all, near] = (["full", "local"] as const).map((kind) => countModernBertFlop(1000, [kind]));
  assertEquals(countModernBertFlop(1000), 8 * all + 14 * near);
  // A token in the middle sees 129 tokens; 64 at either end see fewer, by 32.5 in the mean.
  assertEquals(all - near, 4 * 768 * (1000 * 1000 - (1000 * 129 - 2 * 64 * 32.5)));
  assertEquals(parseConfig(makeModernBertConfig(["LSG"])).lsg?.block_size, 128);
});
