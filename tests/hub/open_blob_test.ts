import { assertEquals } from "@std/assert";
import { freeRead } from "../../checkpoint/read_range.ts";
import { openBlob } from "../../hub/open_blob.ts";

Deno.test("openBlob() reads ranges, and what a read gave can be freed", async () => {
  const file = openBlob(new Blob([new Uint8Array([1, 2, 3, 4])]), "a blob");
  assertEquals([file.name, file.size], ["a blob", 4]);
  for (const [start, end] of [[0, 4], [1, 3], [2, 2]]) {
    const bytes = await file.read(start, end);
    freeRead(file, bytes);
    assertEquals(bytes.length, 0);
    assertEquals([...await file.read(start, end)], [1, 2, 3, 4].slice(start, end));
  }
});
