import { assertEquals } from "@std/assert";
import { prepareText } from "../../pipelines/sentence_texts.ts";

Deno.test("prepareText() strips what Python's str.strip() does", () => {
  // [chr(c) for c in range(0x110000) if not chr(c).strip()]
  const space = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005" +
    "\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";
  const strip = (text: string) => prepareText(text, { strip: true });
  assertEquals(strip(`${space}The ${space}sea${space}`), `The ${space}sea`);
  assertEquals([strip(space), strip("\ufeffa\u200b")], ["", "\ufeffa\u200b"]);
  assertEquals(prepareText(" The sea ", {}), " The sea ");
  assertEquals(prepareText(" The sea ", { strip: true, do_lower_case: true }), "the sea");
  const inside = `a${" ".repeat(200_000)}b`;
  assertEquals(strip(inside), inside);
});
