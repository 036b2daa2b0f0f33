import { assertEquals, assertStringIncludes } from "@std/assert";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { pythonLines, pythonPackages } from "../../cli/python_lines.ts";
import { readRepositoryFile } from "../helpers/published_files.ts";

Deno.test("pythonLines() names the auto class of the head", async () => {
  const source = new MemorySource({});
  assertEquals(await pythonLines("out", source, ["LSGRobertaForMaskedLM"]), [
    "from transformers import AutoModelForMaskedLM, AutoTokenizer",
    'model = AutoModelForMaskedLM.from_pretrained("out", trust_remote_code=True)',
    'tokenizer = AutoTokenizer.from_pretrained("out")',
  ]);
  const [, summary] = await pythonLines("out", source, ["LSGBartForConditionalGeneration"]);
  assertEquals(
    summary,
    'model = AutoModelForSeq2SeqLM.from_pretrained("out", trust_remote_code=True)',
  );
  for (const architectures of [["LSGBertModel"], []]) {
    const [, line] = await pythonLines("out", source, architectures);
    assertEquals(line, 'model = AutoModel.from_pretrained("out", trust_remote_code=True)');
  }
});

Deno.test("pythonLines() quotes the folder, and hides no control character in it", async () => {
  const [, , line] = await pythonLines('a"b\\c\u001b\u009b', new MemorySource({}), []);
  assertEquals(line, 'tokenizer = AutoTokenizer.from_pretrained("a\\"b\\\\c\\u001b\\u009b")');
});

Deno.test("pythonLines() loads a sentence-transformers checkpoint with that package", async () => {
  const source = new MemorySource({ "modules.json": new Uint8Array() });
  assertEquals(await pythonLines("out", source, ["LSGBertModel"]), [
    "from sentence_transformers import SentenceTransformer",
    'model = SentenceTransformer("out", trust_remote_code=True)',
  ]);
});

Deno.test("pythonPackages() names versions that work together, as the documentation does", async () => {
  const source = new MemorySource({});
  const packages = pythonPackages(await pythonLines("out", source, ["LSGBertModel"]));
  assertStringIncludes(readRepositoryFile("docs/convert.md"), `\npip install ${packages}\n`);
  const sentences = new MemorySource({ "modules.json": new Uint8Array() });
  assertEquals(
    pythonPackages(await pythonLines("out", sentences, ["LSGBertModel"])),
    `${packages} sentence-transformers`,
  );
});
