import { assertEquals, assertStringIncludes } from "@std/assert";
import { runTranslate } from "../../cli/translate.ts";
import { pipeline } from "../../pipelines/mod.ts";
import { parseLines } from "./memory_io.ts";
import { ModelMemoryIo, taskModel } from "./model_memory_io.ts";
import "../helpers/quiet_reference.ts";

const LANGUAGES = ["--src-lang", "en_XX", "--tgt-lang", "ro_RO"];

async function run(...args: string[]) {
  const io = new ModelMemoryIo("The sea.\nThe house.\n");
  return { code: await runTranslate([...args, "--device", "cpu"], io), out: io.out, err: io.err };
}

Deno.test("lsg translate prints what the pipeline writes, line for line", async () => {
  const model = taskModel("mbart50");
  using translator = await pipeline("translation", model, { device: "cpu" });
  const options = { src_lang: "en_XX", tgt_lang: "ro_RO", num_beams: 2 };
  const results = await translator(["The sea.", "The house."], options);
  const args = [model, "--lines", ...LANGUAGES, "--num-beams", "2"];
  const text = results.map(({ translation_text }) => `${translation_text}\n`).join("");
  assertEquals(await run(...args), { code: 0, out: text, err: "" });
  assertEquals(parseLines((await run(...args, "--json")).out), results);
});

const WRONG: [string, string[], string][] = [
  ["mbart", [], "Cannot translate without --src-lang: wanted one of ar_AR"],
  ["mbart50", ["--src-lang", "en_XX"], "Cannot translate without --tgt-lang: wanted one of"],
  ["mbart50", ["--src-lang", "xx", "--tgt-lang", "ro_RO"], 'Cannot use --src-lang "xx": wanted'],
  ["bart", LANGUAGES, 'Cannot translate with --src-lang "en_XX": the tokenizer has no languages'],
];

for (const [model, args, message] of WRONG) {
  Deno.test(`lsg translate ${model} ${args.join(" ")} exits with 1`, async () => {
    const { code, out, err } = await run(taskModel(model), ...args);
    assertEquals([code, out], [1, ""]);
    assertStringIncludes(err, message);
  });
}
