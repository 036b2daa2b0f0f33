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
  assertMatch(explain("The WebGPU device was lost: dispose of", ""), /^The graphics card gave up/);
});

Deno.test("explain() does not read the model's name, and shows it as it is", () => {
  const model = "someone/neural-network-bert";
  const message = `Cannot load ${model}: its model_type "t5x" is unknown`;
  assertEquals(explain(message, model), message);
  assertMatch(explain("Cannot fetch x: status 404", "a/$&"), /^There is no public model “a\/\$&”/);
});

Deno.test("explain() leaves other errors as they are", () => {
  assertEquals(explain("Something else", "a/b"), "Something else");
});
