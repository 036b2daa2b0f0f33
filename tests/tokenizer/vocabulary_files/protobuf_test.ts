import { assertEquals, assertThrows } from "@std/assert";
import { type FieldValue, readFields } from "../../../tokenizer/vocabulary_files/protobuf.ts";

function read(...bytes: number[]) {
  const fields: { number: number; value: FieldValue }[] = [];
  readFields(Uint8Array.from(bytes), "x.model", (number, value) => fields.push({ number, value }));
  return fields;
}

Deno.test("readFields() reads numbers and bytes", () => {
  assertEquals(read(), []);
  assertEquals(read(0x08, 0x96, 0x01), [{ number: 1, value: 150 }]);
  // A negative int32 has ten bytes.
  const minusOne = [...new Array(9).fill(0xff), 0x01];
  assertEquals(read(0x10, ...minusOne), [{ number: 2, value: -1 }]);
  assertEquals(read(0x12, 2, 7, 8, 0x1d, 1, 2, 3, 4, 0x21, 1, 2, 3, 4, 5, 6, 7, 8), [
    { number: 2, value: Uint8Array.of(7, 8) },
    { number: 3, value: Uint8Array.of(1, 2, 3, 4) },
    { number: 4, value: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
  ]);
  assertEquals(read(0xc2, 0x02, 0), [{ number: 40, value: new Uint8Array() }]);
});

Deno.test("readFields() refuses what is not a message", () => {
  for (
    const bytes of [
      [0x08],
      [0x08, 0x80],
      [0x08, ...new Array(10).fill(0xff), 0x01],
      [0x12, 3, 1, 2],
      // A length of −1.
      [0x12, 0xff, 0xff, 0xff, 0xff, 0x0f],
      [0x1d, 1, 2, 3],
      [0x21, 1],
      // A group, a type that does not exist, the field 0.
      [0x0b, 0x0c],
      [0x0f],
      [0x00, 0x01],
    ]
  ) {
    assertThrows(() => read(...bytes), SyntaxError, "Cannot read x.model", String(bytes));
  }
});
