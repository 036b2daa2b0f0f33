import { assert, assertEquals } from "@std/assert";
import { LSG_OPTIONS } from "../../cli/lsg_options.ts";
import { formatUsage } from "../../cli/usage.ts";

Deno.test("formatUsage() shows operands, options, defaults and help", () => {
  const text = formatUsage({
    name: "try",
    summary: "Tries.",
    operands: [
      { placeholder: "OUT", description: "A folder." },
      { placeholder: "[FILE]", description: "A file." },
    ],
    options: {
      top_k: { type: "number", default: 5, description: "How many." },
      target: { type: "list", description: "A word." },
      output: { type: "string", short: "o", placeholder: "FILE", description: "A file." },
      form: { type: "string", default: "It is {}.", description: "A sentence." },
      json: { type: "boolean", default: false, description: "JSON." },
      adaptive: { type: "boolean", description: "Any length." },
    },
    examples: ["lsg try out --top-k 3"],
  });
  assertEquals(
    text,
    `lsg try OUT [FILE] [options]

Tries.

  OUT                  A folder.
  [FILE]               A file.
      --top-k NUMBER   How many. Default: 5.
      --target TEXT    A word. May be repeated.
  -o, --output FILE    A file.
      --form STRING    A sentence. Default: "It is {}.".
      --json           JSON.
      --[no-]adaptive  Any length.
  -h, --help           Print this.

Examples:
  lsg try out --top-k 3
`,
  );
});

Deno.test("formatUsage() keeps to 100 columns", () => {
  const lines = formatUsage({
    name: "try",
    summary: "word ".repeat(60).trim(),
    options: LSG_OPTIONS,
  })
    .split("\n");
  assertEquals(lines[0], "lsg try [options]");
  assert(lines.length > 12);
  assertEquals(lines.filter((line) => line.length > 100), []);
});
