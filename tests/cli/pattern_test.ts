import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runPattern } from "../../cli/pattern.ts";
import { MemoryIo, parseLines } from "./memory_io.ts";

async function run(...args: string[]) {
  const io = new MemoryIo();
  return { code: await runPattern(args, io), out: io.out, err: io.err, files: io.files };
}

Deno.test("runPattern() writes an SVG and a summary line", async () => {
  const { code, out, err } = await run("--tokens=40", "--block_size=8", "--sparse-block-size=8");
  assertEquals(code, 0);
  assert(out.startsWith("<svg ") && out.endsWith("</svg>\n"));
  assert(/^Visible keys per query: mean .* of full attention\n$/.test(err));
});

Deno.test("runPattern() writes to a file", async () => {
  const { code, out, files } = await run("full", "--tokens=4", "-o", "full.svg");
  assertEquals([code, out], [0, ""]);
  assertStringIncludes(files.get("full.svg")!, "<title>Full attention");
});

Deno.test("runPattern() prints JSON instead of the picture, or in addition", async () => {
  const json = await run("self-extend", "--tokens=4", "--group=2", "--window=2", "--json");
  assertEquals([json.code, json.err], [0, ""]);
  assertEquals(parseLines(json.out)[0], {
    pattern: "Self-Extend",
    parameters: { tokens: 4, group: 2, window: 2 },
    queries: 4,
    visible_keys: { min: 1, mean: 2.5, max: 4 },
    mean_by_kind: { near: 1.75, far: 0.75 },
    density: 0.625,
    flop_ratio: 1,
  });
  const both = await run("full", "--tokens=4", "--json", "--output=full.svg");
  assertEquals(JSON.parse(both.out).visible_keys.mean, 4);
  assert(both.files.has("full.svg"));
});

Deno.test("runPattern() passes every option to its pattern", async () => {
  const parameters = async (...args: string[]) =>
    JSON.parse((await run(...args, "--json")).out).parameters;
  const lsg = ["--tokens=64", "--block-size=8", "--sparse-block-size=16", "--sparsity-factor=4"];
  assertEquals(
    await parameters(
      "lsg",
      ...lsg,
      "--sparsity-type=stride",
      "--num-global-tokens=3",
      "--mask-first-token",
      "--heads=4",
      "--head=2",
      "--causal",
    ),
    {
      tokens: 64,
      block_size: 8,
      sparse_block_size: 16,
      sparsity_factor: 4,
      sparsity_type: "stride",
      num_global_tokens: 3,
      mask_first_token: true,
      head: "2 of 4",
      causal: true,
    },
  );
  assertEquals((await parameters("lsg", ...lsg, "--seed=9")).seed, 9);
  assertEquals(
    await parameters(
      "lsg-layer",
      "--tokens=64",
      "--block-size=8",
      "--sparsity-type=pooling",
      "--no-global-token",
    ),
    {
      tokens: 64,
      block_size: 8,
      sparse_block_size: 8,
      sparsity_factor: 8,
      sparsity_type: "pooling",
      global_token: false,
    },
  );
  assertEquals(
    await parameters(
      "longformer",
      "--tokens=64",
      "--attention-window=8",
      "--global=0",
      "--global",
      "7",
    ),
    { tokens: 64, attention_window: 8, global: "0,7" },
  );
  assertEquals(
    await parameters("bigbird", "--tokens=64", "--block-size=4", "--head=1", "--seed=5"),
    { tokens: 64, block_size: 4, num_random_blocks: 3, head: "1 of 12", seed: 5 },
  );
  assertEquals(
    await parameters("bigbird", "--tokens=900", "--num-random-blocks=0"),
    { tokens: 900, block_size: 64, num_random_blocks: 0 },
  );
  assertEquals(await parameters("full", "--tokens=9", "--causal"), { tokens: 9, causal: true });
});

Deno.test("runPattern() warns about tokens that no head sees", async () => {
  const { code, err } = await run("--tokens=600", "--sparsity-type=stride", "--heads=1");
  assertEquals(code, 0);
  assertStringIncludes(err, "Warning: sparsity_factor 2");
});

Deno.test("runPattern() exits with 2 for invalid arguments", async () => {
  const cases: [args: string[], message: string][] = [
    [["circles"], 'Unknown pattern "circles": wanted one of lsg, lsg-layer, longformer'],
    [["__proto__"], 'Unknown pattern "__proto__"'],
    [["full", "--block-size=8"], "Cannot use --block-size with the pattern full"],
    [["lsg", "--no-global-token"], "Cannot use --global-token with the pattern lsg"],
    [["--tokens=0"], "Cannot draw --tokens 0: wanted a whole number from 1 to 65536"],
    [["--sparsity-factor=3"], "Cannot use --sparsity-factor 3"],
    [["--sparsity-type=nrom"], 'Cannot use --sparsity-type "nrom"'],
    [["lsg-layer", "--sparsity-type=lsh"], "in the stand-alone layer"],
    [["bigbird", "--block-size=0"], "--block-size 0"],
    [["longformer", "--global=x"], 'Cannot use --global "x"'],
    [["longformer", "--attention-window=7"], "--attention-window 7"],
  ];
  for (const [args, message] of cases) {
    const { code, out, err } = await run(...args);
    assertEquals([code, out], [2, ""], args.join(" "));
    assertStringIncludes(err, message);
  }
});

Deno.test("runPattern() exits with 1 if the file cannot be written", async () => {
  const { code, err } = await run("full", "--tokens=4", "-o", "/full/x.svg");
  assertEquals([code, err], [1, "lsg pattern: disk full\n"]);
});
