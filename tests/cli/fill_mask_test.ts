import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { runFillMask } from "../../cli/fill_mask.ts";
import { type FillMaskResult, pipeline } from "../../pipelines/mod.ts";
import { parseLines } from "./memory_io.ts";
import { MODEL, ModelMemoryIo } from "./model_memory_io.ts";

const LSG = ["--max-sequence-length", "1024", "--block-size", "8", "--sparse-block-size", "8"];

async function run(args: string[], io = new ModelMemoryIo()) {
  return { code: await runFillMask(args, io), out: io.out, err: io.err };
}

/** Runs the command, which must succeed, and returns the words of each mask. */
async function words(args: string[], io = new ModelMemoryIo()): Promise<FillMaskResult[][]> {
  const { code, out, err } = await run([...args, "--json"], io);
  assertEquals([code, err], [0, ""]);
  const [masks, ...others] = parseLines(out);
  assertEquals(others, []);
  return masks;
}

Deno.test("lsg fill-mask --json prints the pipeline's results, a list for each mask", async () => {
  const unmasker = await pipeline("fill-mask", MODEL);
  const one = await unmasker("the <mask> ran", { top_k: 2 });
  const two = await unmasker("the <mask> ran <mask>");
  unmasker.dispose();
  assertEquals(await words([MODEL, "--text", "the <mask> ran", "--top-k", "2"]), [one]);
  assertEquals(await words([MODEL, "--text", "the <mask> ran <mask>"]), two);
});

Deno.test("lsg fill-mask reads a text from an argument, a file and standard input", async () => {
  const wanted = await words([MODEL, "--text", "the <mask> ran"]);
  const io = new ModelMemoryIo("the <mask> ran\r\n");
  io.files.set("text.txt", "the <mask> ran\n");
  assertEquals(await words([MODEL, "text.txt"], io), wanted);
  assertEquals(await words([MODEL], new ModelMemoryIo("the <mask> ran\n")), wanted);
  assertEquals(await words([MODEL, "-"], new ModelMemoryIo("the <mask> ran\n")), wanted);
});

Deno.test("lsg fill-mask prints a table of words", async () => {
  const { code, out, err } = await run([MODEL, "--text", "the <mask> <mask>", "--top-k", "2"]);
  assertEquals([code, err], [0, ""]);
  const lines = out.trimEnd().split("\n");
  assertEquals(lines.length, 5);
  assert(/^mask +word +probability$/.test(lines[0]), lines[0]);
  assert(/^ +1 +\S+ +\d+\.\d\d % +█+$/.test(lines[1]), lines[1]);
  assert(/^ +2 /.test(lines[3]), lines[3]);
});

Deno.test("lsg fill-mask --targets considers only these words", async () => {
  const [found] = await words([MODEL, "--text", "a <mask>", "--targets", "e", "--targets", "Ġran"]);
  assertEquals(found.map(({ token_str }) => token_str).sort(), [" ran", "e"]);
});

Deno.test("lsg fill-mask --targets splits a single value at commas", async () => {
  const texts = async (...targets: string[]) => {
    const [found] = await words([MODEL, "--text", "a <mask>", ...targets]);
    return found.map(({ token_str }) => token_str).sort();
  };
  assertEquals(await texts("--targets", "e,Ġran"), [" ran", "e"]);
  assertEquals(await texts("--targets", "e,", "--targets", "e"), ["e"]);
});

Deno.test("lsg fill-mask truncates a long text only with --truncation", async () => {
  const text = `<mask>${" the".repeat(600)}`;
  const { code, out, err } = await run([MODEL, "--text", text]);
  assertEquals([code, out], [1, ""]);
  assertStringIncludes(err, "512");
  assertEquals((await words([MODEL, "--text", text, "--truncation"])).length, 1);
});

Deno.test("lsg fill-mask converts a model to LSG for a length or an LSG parameter", async () => {
  const text = `<mask>${" the".repeat(600)}`;
  const full = await words([MODEL, "--text", text, "--truncation"]);
  const lsg = await words([MODEL, "--text", text, ...LSG]);
  assertEquals(lsg[0][0].sequence.split(" the").length, 601);
  const lossy = await words([MODEL, "--text", text, "--truncation", "--sparsity-type", "none"]);
  assertEquals(lossy[0][0].sequence.split(" the").length, 601);
  assertNotEquals(full[0][0].score, lossy[0][0].score);
});

Deno.test("lsg fill-mask shows progress on a terminal and clears it", async () => {
  const io = new ModelMemoryIo();
  io.stderrIsTerminal = true;
  const { code, out, err } = await run([MODEL, "--text", "<mask>", "--top-k", "1"], io);
  assertEquals(code, 0);
  assertStringIncludes(err, "layer 1 of 1");
  assert(err.endsWith("\r\x1b[K"));
  assert(!out.includes("layer"));
});

const USAGE: [string[], string][] = [
  [[], "Missing MODEL"],
  [[""], "Missing MODEL"],
  [[MODEL, "a", "b"], 'Unexpected argument "b"'],
  [[MODEL, "file", "--text", "<mask>"], "Cannot use both --text and file"],
  [[MODEL, "--text", "<mask>", "--top-k", "0"], "--top-k 0"],
  [[MODEL, "--text", "<mask>", "--top-k", "1.5"], "--top-k 1.5"],
  [[MODEL, "--text", "<mask>", "--top-k", "many"], "wanted a number"],
  [[MODEL, "--text", "<mask>", "--device", "abacus"], 'Unknown device "abacus"'],
  [[MODEL, "--text", "<mask>", "--top", "3"], "did you mean --top-k?"],
  [[MODEL, "--text", "<mask>", "--seed=-1"], "-1"],
  [[MODEL, "--text", "<mask>", "--max-sequence-length", "0"], "--max-sequence-length"],
  [[MODEL, "--text", "<mask>", "--sparsity-type", "some"], '--sparsity-type "some"'],
  [[MODEL, "--text", "<mask>", "--block-size", "12"], "12"],
];

for (const [args, message] of USAGE) {
  const shown = args.map((arg) => arg === MODEL ? "MODEL" : arg || '""').join(" ");
  Deno.test(`lsg fill-mask ${shown} exits with 2`, async () => {
    const { code, out, err } = await run(args);
    assertEquals([code, out], [2, ""]);
    assertStringIncludes(err, message);
    assertStringIncludes(err, "See lsg fill-mask --help.");
  });
}

const FAILS: [string, string[], string][] = [
  ["a text without a mask", [MODEL, "--text", "the"], "the mask token <mask> is not in it"],
  ["a missing folder", ["no/such/model", "--text", "<mask>"], "no/such/model"],
  ["a missing file", [MODEL, "no.txt"], "no.txt"],
  ["empty standard input", [MODEL], "mask token"],
];

for (const [name, args, message] of FAILS) {
  Deno.test(`lsg fill-mask fails on ${name} with a message of one line`, async () => {
    const { code, out, err } = await run(args, new ModelMemoryIo(""));
    assertEquals([code, out], [1, ""]);
    assert(err.startsWith("lsg fill-mask: "), err);
    assertStringIncludes(err, message);
    assertEquals(err.split("\n").length, 2);
  });
}
