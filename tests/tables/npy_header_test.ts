import { assert, assertEquals } from "@std/assert";
import { npyHeader } from "../../tables/npy_header.ts";

Deno.test("a header of NumPy's format says shape and type, and is aligned", () => {
  for (const [rows, width] of [[0, 3], [1, 384], [10 ** 12, 4096]]) {
    const header = npyHeader(rows, width);
    assertEquals(header.length % 64, 0);
    assertEquals([...header.subarray(0, 8)], [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
    assertEquals(header[8] + 256 * header[9], header.length - 10);
    const text = new TextDecoder().decode(header.subarray(10));
    const shape = `(${rows}, ${width})`;
    assert(text.startsWith(`{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`));
    assert(text.endsWith(" \n"));
  }
});
