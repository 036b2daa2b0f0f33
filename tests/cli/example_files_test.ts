import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../cli/arguments.ts";
import { collatorOptions, readExamples } from "../../cli/example_files.ts";
import { withFolder } from "../helpers/with_folder.ts";

Deno.test("readExamples() reads JSON Lines, CSV and TSV by the ends of their names", () =>
  withFolder(async (folder) => {
    const files = {
      "a.jsonl": '{"text": "x, y", "label": "b"}\n',
      "a.json": '{"text": "x, y", "label": "b"}\n',
      "a.csv": 'text,label\n"x, y",b\n',
      "a.TSV": "text\tlabel\nx, y\tb\n",
    };
    for (const [name, content] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, content);
      const examples = await Array.fromAsync(readExamples("--train", `${folder}/${name}`));
      assertEquals(examples, [{ text: "x, y", label: "b" }], name);
    }
    assertThrows(() => readExamples("--eval", "a.parquet"), UsageError, "--eval a.parquet");
  }));

Deno.test("collatorOptions() checks lengths and shares", () => {
  const none = {
    truncation: false,
    max_length: undefined,
    max_target_length: undefined,
    mlm_probability: undefined,
  };
  assertEquals(collatorOptions({ ...none, max_length: 9 }, 7), { ...none, max_length: 9, seed: 7 });
  for (const name of ["max_length", "max_target_length"]) {
    assertThrows(() => collatorOptions({ ...none, [name]: 0.5 }, 7), UsageError, "0.5");
  }
  for (const mlm_probability of [-0.1, 2, NaN]) {
    const options = { ...none, mlm_probability };
    assertThrows(() => collatorOptions(options, 7), UsageError, "--mlm-probability");
  }
});
