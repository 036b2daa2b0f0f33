import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../cli/arguments.ts";
import {
  GENERATION_OPTIONS,
  generationSettings,
  type GenerationValues,
} from "../../cli/generation_options.ts";

/** Values of which only some are given. */
function values(given: Partial<GenerationValues> = {}): GenerationValues {
  const names = Object.keys(GENERATION_OPTIONS);
  return { ...Object.fromEntries(names.map((name) => [name, undefined])), ...given } as
    & GenerationValues
    & typeof given;
}

Deno.test("generationSettings() passes on what is given, and nothing else", () => {
  assertEquals(generationSettings(values()), {});
  const given = { num_beams: 4, do_sample: false, top_k: 0, length_penalty: -0.5 };
  assertEquals(generationSettings(values(given)), given);
});

Deno.test("generationSettings() refuses wrong values, and two lengths", () => {
  const refuse = (given: Partial<GenerationValues>, message: string) =>
    assertThrows(() => generationSettings(values(given)), UsageError, message);
  refuse({ top_p: 2 }, "top_p 2: wanted a number from 0 to 1");
  refuse({ max_length: 4, max_new_tokens: 4 }, "Cannot use both --max-length and --max-new-tokens");
});
