import { assert, assertEquals, assertThrows } from "@std/assert";
import { Expression } from "../../../tokenizer/expression/expression.ts";
import { readJson } from "../goldens.ts";

/** The output of tools/make_expression_goldens.py. */
interface Goldens {
  texts: string[];
  expressions: [source: string, ends: number[][]][];
}

const { texts, expressions }: Goldens = await readJson("expressions.json");

/** Matching back-references takes exponential time. */
const unsupported = ["(a)\\1"];

const found = (source: string, text: string) =>
  new Expression(source).findMatches(text).map(({ start, end }) => text.slice(start, end));

Deno.test("Expression finds the matches that Python's tokenizers find", () => {
  assert(expressions.length > 300);
  for (const [source, matches] of expressions) {
    if (unsupported.includes(source)) {
      assertThrows(() => new Expression(source), SyntaxError, "", source);
      continue;
    }
    const expression = new Expression(source);
    for (const [i, text] of texts.entries()) {
      // The goldens count code points and lack empty matches.
      const points = (unit: number) => [...text.slice(0, unit)].length;
      const ends = expression.findMatches(text).filter(({ start, end }) => start < end)
        .flatMap(({ start, end }) => [points(start), points(end)]);
      assertEquals(ends, matches[i], JSON.stringify({ source, text }));
    }
  }
});

Deno.test("Expression matches the patterns of well-known tokenizers", () => {
  const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
  const spaces = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  const text = "It'S  12345 words,\n\n  naïve 漢字\t!!\r\n ";
  const llama3 = `${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|` +
    ` ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|${spaces}`;
  const words = [
    "It",
    "'S",
    " ",
    " ",
    "123",
    "45",
    " words",
    ",\n\n",
    " ",
    " naïve",
    " 漢字",
    "\t",
  ];
  assertEquals(found(llama3, text), [...words, "!!\r\n", " "]);
  const gpt2 = "'s|'t| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
  assertEquals(found(gpt2, "it's  a 12."), ["it", "'s", " ", " a", " 12", "."]);
  const deepseek = "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|" +
    `[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|${spaces}`;
  assertEquals(found(deepseek, "f(x)[y] e\u0301"), ["f", "(x", ")[", "y", "]", " e\u0301"]);
});

Deno.test("Expression takes linear time where backtracking would not end", () => {
  for (
    const [source, text, count] of [
      ["a?".repeat(30) + "$", "a".repeat(31) + "!", 1],
      ["(?:a|a)".repeat(30) + "!", "a".repeat(60), 0],
      ["(?:a|a){9}".repeat(4) + "!", "a".repeat(60), 0],
      ["(?:(?:a{1,9}){1,9}){1,9}!", "a".repeat(200), 0],
      ["(a+)+!", "a".repeat(20_000), 0],
      ["(a|ab|b)*!", "ab".repeat(10_000), 0],
      ["(?:.*\\n)*!", "aaaa\n".repeat(5_000), 0],
      ["\\s+$", " ".repeat(100_000) + "x", 0],
      ["\\s+$|\\s", " ".repeat(20_000) + "x", 20_000],
      ["a(?=.*b)", "a".repeat(50_000), 0],
      ["\\X", "e\u0301".repeat(20_000), 20_000],
      ["\\Ga", "a".repeat(50_000), 50_000],
    ] as [string, string, number][]
  ) {
    assertEquals(new Expression(source).findMatches(text).length, count, source);
  }
});

Deno.test("Expression refuses what takes too many steps, and works again afterwards", () => {
  for (
    const [source, text] of [
      ["(a*)*b", "a".repeat(30_000)],
      ["(?>a*)b", "a".repeat(30_000)],
      ["(?<=x(?:a|b)*)b", "ab".repeat(30_000)],
      ["((((((a*)*)*)*)*)*)*b", "a".repeat(1_000)],
    ]
  ) {
    const expression = new Expression(source);
    const error = assertThrows(() => expression.findMatches(text), RangeError, "too many steps");
    assert(error.message.length < 300);
    assert(expression.findMatches("xab").length > 0, source);
  }
});

Deno.test("Expression refuses what it does not support or cannot parse", () => {
  for (
    const source of [
      ..."( (a a) *a a|* [a [b-a] [a-\\d] \\p{Foo} [[:foo:]] \\k<n> (?~a) (?(1)a) \\x{110000}"
        .split(" "),
      "\\",
      "(".repeat(200) + ")".repeat(200),
      "[".repeat(200) + "]".repeat(200),
      "a{1,100000}",
      "(?:(?:a{100}){100}){100}",
      "(?>a\\K)b",
      "(?=a\\K)b",
      "(?:a\\K)++",
      "[ab]".repeat(300),
    ]
  ) {
    const error = assertThrows(() => new Expression(source), SyntaxError, "it ", source);
    assert(error.message.length < 200);
  }
});
