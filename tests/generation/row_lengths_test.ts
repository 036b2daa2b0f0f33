import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { resolveSettings } from "../../generation/resolve_settings.ts";
import { absentMask, rowLengths, startRows } from "../../generation/row_lengths.ts";
import type { GenerationSettings } from "../../generation/settings.ts";
import { warningsOf } from "../helpers/warnings_of.ts";

const FACTS = { vocabulary: 50, limit: 64, hasEncoder: true };
const resolve = (call: GenerationSettings, checkpoint: GenerationSettings = {}, facts = FACTS) =>
  resolveSettings(call, { checkpoint }, facts);

Deno.test("max_length counts what a row starts with, max_new_tokens does not", () => {
  assertEquals(rowLengths(resolve({ max_length: 9 }), [1, 4]), [9, 9]);
  assertEquals(rowLengths(resolve({ max_new_tokens: 9 }), [1, 4]), [10, 13]);
});

Deno.test("a row needs room for an id", () => {
  assertThrows(() => rowLengths(resolve({ max_length: 4 }), [1, 4]), RangeError, "max_length 4");
});

Deno.test("more ids than positions: an error from the call, less from the checkpoint", async () => {
  assertThrows(
    () => rowLengths(resolve({ max_length: 65 }), [1]),
    RangeError,
    "wanted at most 64",
  );
  assertThrows(() => rowLengths(resolve({ max_new_tokens: 64 }), [1]), RangeError, "65 ids");
  assertEquals(rowLengths(resolve({ max_new_tokens: 63 }), [1]), [64]);
  let lengths: number[] = [];
  const [warning] = await warningsOf(() =>
    lengths = rowLengths(resolve({}, { max_length: 999 }), [1])
  );
  assertStringIncludes(warning, "max_length 999");
  assertEquals(lengths, [64]);
});

Deno.test("no length at all: as many ids as there are positions", () => {
  assertEquals(rowLengths(resolve({ max_length: null }), [1]), [64]);
  const endless = resolve({ max_length: null }, {}, { ...FACTS, limit: Infinity });
  assertThrows(() => rowLengths(endless, [1]), RangeError, "without an end");
});

Deno.test("rows without a start, with others' ids, with too few rows", () => {
  assertThrows(() => startRows(resolve({}), 1), RangeError, "decoder_start_token_id");
  assertEquals(startRows(resolve({ bos_token_id: 4 }), 1), [[4]]);
  const settings = resolve({ decoder_start_token_id: 2 });
  assertEquals(startRows(settings, 2, [[2, 3], [4, 5]]), [[2, 3], [4, 5]]);
  assertThrows(() => startRows(settings, 1, [[50]]), RangeError, "50 in decoder_input_ids");
  assertThrows(() => startRows(settings, 2, [[3]]), RangeError, "1 rows");
  const causal = resolve({ bos_token_id: 4, decoder_start_token_id: 2 }, {}, {
    ...FACTS,
    hasEncoder: false,
  });
  assertEquals(startRows(causal, 1), [[4]]);
  assertEquals(startRows(causal, 1, [[7]]), [[7]]);
});

Deno.test("absentMask() hides padding, but not an id that ends rows as well", () => {
  const rows = [[2, 5, 1, 6], [1]];
  const mask = (pad_token_id: number | undefined, ...eos_token_id: number[]) =>
    absentMask({ pad_token_id, eos_token_id }, rows);
  assertEquals(mask(1, 2), [[1, 1, 0, 1], [0]]);
  assertEquals(mask(1, 2, 1), [[1, 1, 1, 1], [1]]);
  assertEquals(mask(undefined, 2), [[1, 1, 1, 1], [1]]);
});
