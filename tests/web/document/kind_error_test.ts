import { assertEquals, assertMatch } from "@std/assert";
import { explain } from "../../../web/document/kind_error.ts";

Deno.test("explain() puts known errors into a visitor's words, with the message", () => {
  const message = 'Cannot load "a/b/c": wanted a name like "owner/name"';
  assertEquals(
    explain(message, "a/b/c"),
    `“a/b/c” is no name of a model: a name has an owner, as in FacebookAI/roberta-base. (${message})`,
  );
  assertMatch(explain("Cannot fetch x: status 404", "a/b"), /^There is no public model “a\/b”/);
  assertMatch(explain("Cannot open WebGPU: there is no adapter", ""), /choose WebAssembly/);
});

Deno.test("explain() leaves other errors as they are", () => {
  assertEquals(explain("Something else", "a/b"), "Something else");
});
