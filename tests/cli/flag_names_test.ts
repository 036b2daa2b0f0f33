import { assertEquals } from "@std/assert";
import type { Options } from "../../cli/arguments.ts";
import { nameFlags } from "../../cli/flag_names.ts";

const OPTIONS: Options = {
  truncation: { type: "boolean", description: "" },
  max_sequence_length: { type: "number", description: "" },
  top_k: { type: "number", description: "" },
  block_size: { type: "number", description: "" },
  seed: { type: "number", description: "" },
};

Deno.test("nameFlags() replaces the API's names of options", () => {
  const cases = [
    [
      "wanted the option truncation, or a model with a max_sequence_length that holds it",
      "wanted --truncation, or a model with a --max-sequence-length that holds it",
    ],
    [
      "Cut the text (truncation: true), or load it with lsg: { max_sequence_length } to lengthen",
      "Cut the text (--truncation), or load it with --max-sequence-length to lengthen",
    ],
    ["Cannot classify with top_k 0: wanted 1.", "Cannot classify with --top-k 0: wanted 1."],
    ["after truncation the seed 5 grows", "after truncation the seed 5 grows"],
  ];
  for (const [message, wanted] of cases) assertEquals(nameFlags(message, OPTIONS, false), wanted);
});

Deno.test("nameFlags() keeps paths, longer names, other options, and keys of a config", () => {
  const messages = [
    "Cannot read /data/top_k/x: no",
    "Cannot read top_k.txt: no",
    'the key "top_k" is wrong',
    "my_top_k and top_k_more",
    "wanted doc_stride",
    "config.json: block_size is 0",
  ];
  for (const message of messages) assertEquals(nameFlags(message, OPTIONS, false), message);
});

Deno.test("nameFlags() knows that errors of arguments are about options", () => {
  assertEquals(
    nameFlags("Cannot use sparsity_factor 3 with block_size 128", OPTIONS, true),
    "Cannot use sparsity_factor 3 with --block-size 128",
  );
  assertEquals(nameFlags("with the seed -1", OPTIONS, true), "with --seed -1");
  assertEquals(nameFlags('Unknown seed "x"', OPTIONS, true), 'Unknown seed "x"');
});
