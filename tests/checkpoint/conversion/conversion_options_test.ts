import { assertEquals, assertThrows } from "@std/assert";
import {
  type ConversionOptions,
  resolveConversionOptions,
} from "../../../checkpoint/conversion/conversion_options.ts";

Deno.test("resolveConversionOptions() fills in defaults", () => {
  assertEquals(resolveConversionOptions({ seed: undefined }), {
    conversion: {
      max_sequence_length: 4096,
      global_positional_stride: 64,
      random_global_init: false,
      keep_first_global_token: false,
      resize_lsg: false,
      use_token_ids: true,
      seed: 0,
    },
    architecture: undefined,
    lsg: {},
  });
});

Deno.test("resolveConversionOptions() separates LSG parameters, in both spellings", () => {
  const options = { lsg_num_pre_rounds: 3, sparsity_type: "lsh", architecture: "A" };
  const { lsg, architecture } = resolveConversionOptions(options as ConversionOptions);
  assertEquals(lsg, { lsh_num_pre_rounds: 3, sparsity_type: "lsh" });
  assertEquals(architecture, "A");
});

const INVALID: [Record<string, unknown>, ErrorConstructor, string][] = [
  [{ max_length: 4096 }, RangeError, "unknown conversion option max_length, wanted one of: arch"],
  [{ toString: 1 }, RangeError, "unknown conversion option toString"],
  [{ max_sequence_length: 0 }, RangeError, "conversion option max_sequence_length"],
  [{ max_sequence_length: "4096" }, TypeError, "conversion option max_sequence_length"],
  [{ resize_lsg: 1 }, TypeError, "conversion option resize_lsg must be true or false"],
  [{ seed: -1 }, RangeError, "conversion option seed"],
  [{ architecture: 1 }, TypeError, "architecture must be a class name"],
];

for (const [options, ErrorType, message] of INVALID) {
  Deno.test(`resolveConversionOptions() throws on ${JSON.stringify(options)}`, () => {
    assertThrows(() => resolveConversionOptions(options), ErrorType, message);
  });
}
