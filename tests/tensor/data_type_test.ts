import { assertEquals, assertThrows } from "@std/assert";
import { CpuBackend } from "../../cpu/mod.ts";
import { checkDataType, checkLargest, DATA_TYPES, type DataType } from "../../tensor/data_type.ts";

Deno.test("checkDataType() accepts every data type and defaults to fp32", () => {
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

Deno.test("checkLargest() refuses magnitudes that a data type cannot represent", () => {
  checkLargest("fp16", 65504);
  checkLargest("q8", 2 ** 111);
  for (const [dtype, largest] of [["fp16", 65505], ["q8", 2.6e33], ["fp16", NaN]] as const) {
    assertThrows(
      () => checkLargest(dtype, largest),
      RangeError,
      `${largest} with dtype "${dtype}"`,
    );
  }
});
