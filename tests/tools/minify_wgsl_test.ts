import { assert, assertEquals, assertThrows } from "@std/assert";
import { minifyWgsl } from "../../tools/minify_wgsl.ts";

/** The tokens of WGSL and TypeScript, without comments. */
function tokensOf(source: string): string[] {
  const code = source.replace(/\/\*[^]*?\*\/|\/\/[^\n]*|\\\n/g, " ");
  return code.match(/[\w.$]+|<<=|>>=|->|[-+*/%&|^!<>=]=|&&|\|\||<<|\+\+|--|[^\s\w]/g) ?? [];
}

Deno.test("minifyWgsl() keeps the tokens of every kernel", async () => {
  const folder = new URL("../../gpu/", import.meta.url);
  let [before, after] = [0, 0];
  for (const { name, isFile } of Deno.readDirSync(folder)) {
    if (!isFile) continue;
    const source = await Deno.readTextFile(new URL(name, folder));
    const minified = minifyWgsl(source);
    assertEquals(tokensOf(minified), tokensOf(source), name);
    before += source.length;
    after += minified.length;
  }
  assert(after < before * 0.9);
});

Deno.test("minifyWgsl() joins neither names nor operators", () => {
  const wgsl = (code: string) => "/* wgsl */ `" + code + "`";
  assertEquals(minifyWgsl(wgsl("let x = a - -b;\n  y = c")), wgsl("let x=a- -b;y=c"));
  assertEquals(minifyWgsl(wgsl("a\\\n  for ${`b  ${c}`} d")), wgsl("a for ${`b ${c}`} d"));
  assertEquals(minifyWgsl("`a  b` /* a  b */"), "`a  b` /* a  b */");
  assertThrows(() => minifyWgsl(wgsl("// ${x} y")), SyntaxError, "in a comment");
});
