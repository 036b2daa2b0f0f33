import { assertEquals, assertThrows } from "@std/assert";
import { AlignedText } from "../../../tokenizer/aligned_text.ts";
import { JsonPart } from "../../../tokenizer/json_part.ts";
import { metaspacePreTokenizer } from "../../../tokenizer/pre_tokenizers/metaspace.ts";

const preTokenizer = (settings: object) =>
  metaspacePreTokenizer(new JsonPart(settings, "part of x"));
const words = (text: string, settings: object = {}) =>
  preTokenizer(settings)(new AlignedText(text)).map((word) => word.text);

Deno.test("metaspacePreTokenizer() replaces spaces by a character and splits before each", () => {
  assertEquals(words("a b  c"), ["▁a", "▁b", "▁", "▁c"]);
  assertEquals(words(" a"), ["▁a"]);
  assertEquals(words("a b", { split: false }), ["▁a▁b"]);
  assertEquals(words("a b", { replacement: "." }), [".a", ".b"]);
});

Deno.test("metaspacePreTokenizer() reads the older and the newer setting of the first space", () => {
  assertEquals(words("a", { add_prefix_space: false }), ["a"]);
  assertEquals(words("a", { prepend_scheme: "never" }), ["a"]);
  assertEquals(words("a", { prepend_scheme: "first" }), ["▁a"]);
  const rest = new AlignedText("xa").slice(1, 2);
  assertEquals(preTokenizer({ prepend_scheme: "first" })(rest)[0].text, "a");
});

Deno.test("metaspacePreTokenizer() refuses invalid settings", () => {
  for (const settings of [{ replacement: "ab" }, { replacement: "" }, { prepend_scheme: "last" }]) {
    assertThrows(() => preTokenizer(settings), TypeError, "part of x");
  }
});
