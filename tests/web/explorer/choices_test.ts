import { assertEquals, assertThrows } from "@std/assert";
import { formatChoices, parseChoices, valuesOf } from "../../../web/explorer/choices.ts";
import { PATTERNS } from "../../../web/explorer/patterns.ts";

Deno.test("an address without choices has the defaults, and every pattern draws them", () => {
  for (const [pattern, { record, defaults }] of Object.entries(PATTERNS)) {
    const choices = parseChoices(`?pattern=${pattern}`);
    assertEquals(formatChoices(choices), `?pattern=${pattern}`);
    const values = valuesOf(choices);
    assertEquals<unknown>(values, { tokens: 1024, ...defaults });
    assertEquals(record(values).tokens, 1024);
  }
});

Deno.test("choices come back from the address that they are written in", () => {
  const query = "?pattern=longformer&tokens=4096&attention_window=64&global=0%2C17&query=12";
  const choices = parseChoices(query);
  assertEquals(formatChoices(choices), query);
  const { tokens, attention_window, global } = valuesOf(choices);
  assertEquals([tokens, attention_window, global], [4096, 64, "0,17"]);
  assertEquals(choices.row, 12);
  assertEquals(parseChoices("?query=-3").row, undefined);
});

Deno.test("what an address has of other patterns or wrong is refused or left out", () => {
  assertThrows(
    () => parseChoices("?pattern=toString"),
    RangeError,
    '"toString": wanted one of lsg',
  );
  assertEquals(formatChoices(parseChoices("?pattern=full&block_size=3")), "?pattern=full");
  for (const text of ["", "1e3", "-1", "0x10", "1.5", "1234567", "NaN"]) {
    const choices = parseChoices(`?tokens=${text}`);
    assertThrows(() => valuesOf(choices), RangeError, "wanted a whole number");
  }
  const flag = parseChoices("?pattern=full&causal=yes");
  assertThrows(() => valuesOf(flag), RangeError, 'causal "yes": wanted true or false');
});
