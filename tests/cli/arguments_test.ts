import { assertEquals, assertThrows } from "@std/assert";
import {
  type Command,
  parseArguments,
  parseNumber,
  splitList,
  UsageError,
} from "../../cli/arguments.ts";

const command = {
  name: "try",
  summary: "Tries.",
  operands: [
    { placeholder: "FILE", description: "A file." },
    { placeholder: "[OTHER]", description: "Another file." },
  ],
  options: {
    block_size: { type: "number", description: "A size." },
    top_k: { type: "number", default: 5, description: "How many." },
    target: { type: "list", description: "A word." },
    output: { type: "string", short: "o", description: "A file." },
    prompt: { type: "string", mayBeEmpty: true, description: "A beginning." },
    json: { type: "boolean", default: false, description: "JSON." },
    adaptive: { type: "boolean", description: "Any length." },
  },
} as const satisfies Command;

const parse = (...args: string[]) => parseArguments(command, args)!;

Deno.test("parseArguments() returns undefined for absent options without a default", () => {
  assertEquals(parse(), {
    values: {
      block_size: undefined,
      top_k: 5,
      target: undefined,
      output: undefined,
      prompt: undefined,
      json: false,
      adaptive: undefined,
    },
    operands: [],
  });
});

Deno.test("parseArguments() converts values to their declared types", () => {
  const { values, operands } = parse(
    "007",
    "--block-size=8",
    "--top-k",
    "3",
    "--target=a,b",
    "--target",
    "12",
    "-o",
    "-",
    "--json",
    "--adaptive",
  );
  const blockSize: number | undefined = values.block_size;
  const targets: string[] | undefined = values.target;
  assertEquals(blockSize, 8);
  assertEquals(targets, ["a,b", "12"]);
  assertEquals(values.top_k, 3);
  assertEquals(values.output, "-");
  assertEquals([values.json, values.adaptive], [true, true]);
  assertEquals(operands, ["007"]);
});

Deno.test("parseArguments() takes an empty value where one is declared", () => {
  for (const args of [["--prompt", ""], ["--prompt="]]) {
    assertEquals(parse(...args).values.prompt, "");
  }
});

Deno.test("parseArguments() accepts kebab-case and snake_case", () => {
  assertEquals(parse("--block_size", "8").values.block_size, 8);
  assertEquals(parse("--block-size", "8").values.block_size, 8);
});

Deno.test("parseArguments() rejects an option that is given twice, but not a list", () => {
  const cases: [args: string[], flag: string][] = [
    [["--block-size", "8", "--block_size=4"], "--block-size"],
    [["--block_size=8", "--block-size=8"], "--block-size"],
    [["-o", "a", "--output", "b"], "--output"],
    [["-oa", "-o=b"], "--output"],
    [["--json", "--json"], "--json"],
    [["--adaptive", "--no-adaptive"], "--adaptive"],
    [["--adaptive=false", "--adaptive"], "--adaptive"],
  ];
  for (const [args, flag] of cases) {
    assertThrows(() => parse(...args), UsageError, `Cannot use ${flag} twice: wanted one`);
  }
  assertEquals(parse("--target=a", "--target", "a").values.target, ["a", "a"]);
  assertEquals(parse("--json", "--", "--json").operands, ["--json"]);
  assertEquals(parse("-", "-").operands, ["-", "-"]);
});

Deno.test("splitList() splits one value at commas, and takes several as they are", () => {
  assertEquals(splitList(undefined), undefined);
  assertEquals(splitList(["water, fire,,air "]), ["water", "fire", "air"]);
  assertEquals(splitList([" , "]), []);
  assertEquals(splitList(["the sea, at night", "war"]), ["the sea, at night", "war"]);
});

Deno.test("parseArguments() parses booleans that are turned off", () => {
  assertEquals(parse("--no-adaptive").values.adaptive, false);
  assertEquals(parse("--adaptive=false").values.adaptive, false);
  assertEquals(parse("--json=false").values.json, false);
});

Deno.test("parseArguments() returns everything after -- as operands", () => {
  assertEquals(parse("--json", "--", "--help", "-x").operands, ["--help", "-x"]);
  assertEquals(parse("--", "--json=maybe").operands, ["--json=maybe"]);
});

Deno.test("parseArguments() returns undefined for --help, whatever the other arguments", () => {
  for (const args of [["--help"], ["-h"], ["--nonsense", "--top-k=x", "-h"]]) {
    assertEquals(parseArguments(command, args), undefined);
  }
});

Deno.test("parseArguments() rejects invalid arguments", () => {
  const cases: [args: string[], message: string][] = [
    [["--blok-size=8"], "Unknown option --blok-size: did you mean --block-size?"],
    [["--top_kk", "8"], "Unknown option --top_kk: did you mean --top-k?"],
    [["--frobnicate"], "Unknown option --frobnicate"],
    [["-x"], "Unknown option -x"],
    [["--no-json"], "Unknown option --no-json"],
    [["--__proto__=1"], "Unknown option --__proto__"],
    [["--constructor=1"], "Unknown option --constructor"],
    [["--block-size.x=1"], "Unknown option --block-size.x"],
    [["--top-k=many"], 'Cannot use --top-k "many": wanted a number'],
    [["--top-k=Infinity"], 'Cannot use --top-k "Infinity": wanted a number'],
    [["--top-k"], "Missing value of --top-k"],
    [["--top-k", "-3"], "Missing value of --top-k"],
    [["--target=a", "--target"], "Missing value of --target"],
    [["-o"], "Missing value of --output"],
    [["--prompt"], "Missing value of --prompt"],
    [["-o", ""], 'Cannot use --output "": wanted a value that is not empty'],
    [["--target="], 'Cannot use --target "": wanted a value that is not empty'],
    [["--top-k="], 'Cannot use --top-k "": wanted a number'],
    [["--json=maybe"], "Cannot use --json=maybe: wanted --json=true or --json=false"],
    [["--no-adaptive=true"], "Cannot use --no-adaptive=true"],
    [["a", "b", "c"], 'Unexpected argument "c": wanted at most 2'],
  ];
  for (const [args, message] of cases) assertThrows(() => parse(...args), UsageError, message);
  assertThrows(
    () => parseArguments({ name: "bare", summary: "", options: {} }, ["x"]),
    UsageError,
    'Unexpected argument "x": wanted none',
  );
});

Deno.test("parseNumber() accepts only finite numbers", () => {
  assertEquals(parseNumber("--n", "-1.5e2"), -150);
  for (const text of ["", " ", "1_000", "NaN", "1e999", "3px"]) {
    assertThrows(() => parseNumber("--n", text), UsageError, "Cannot use --n");
  }
});

Deno.test("parseArguments() takes any number of a repeated operand", () => {
  const files = { placeholder: "[FILE]…", description: "Files.", repeated: true };
  const command = { name: "test", summary: "Tests.", operands: [files], options: {} };
  assertEquals(parseArguments(command, [])?.operands, []);
  assertEquals(parseArguments(command, ["a", "-", "b", "c"])?.operands, ["a", "-", "b", "c"]);
});
