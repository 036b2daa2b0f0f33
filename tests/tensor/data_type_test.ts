import { assertEquals, assertThrows } from "@std/assert";
import type { DataType } from "../../ops/backend.ts";
import { CpuBackend } from "../../cpu/mod.ts";
import { checkDataType, checkLargest, DATA_TYPES } from "../../tensor/data_type.ts";

Deno.test("checkDataType() takes the names that there are, fp32 without one", () => {
  for (const dtype of DATA_TYPES) assertEquals(checkDataType(dtype), dtype);
  assertEquals(checkDataType(), "fp32");
  for (const name of ["q4", "", "FP16"]) {
    assertThrows(
      () => checkDataType(name as DataType),
      RangeError,
      `dtype "${name}": wanted one of "fp32"`,
    );
    assertThrows(() => new CpuBackend({ dtype: name as DataType }), RangeError, "wanted one of");
  }
});

Deno.test("checkLargest() refuses what a form has no number for", () => {
  checkLargest("fp16", 65504);
  checkLargest("q8", 3.4e38);
  for (const [dtype, largest] of [["fp16", 65505], ["q8", Infinity], ["fp16", NaN]] as const) {
    assertThrows(
      () => checkLargest(dtype, largest),
      RangeError,
      `${largest} with dtype "${dtype}"`,
    );
  }
});
