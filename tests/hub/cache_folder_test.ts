import { assertEquals, assertThrows } from "@std/assert";
import { cacheFolder } from "../../hub/cache_folder.ts";

Deno.test("cacheFolder() takes paths and file: URLs", () => {
  for (
    const [given, path] of [
      [undefined, undefined],
      [null, undefined],
      ["cache", "cache"],
      ["/tmp/a b%20", "/tmp/a b%20"],
      ["file:///tmp/a%20b", "/tmp/a b"],
      ["FILE:///tmp/c", "/tmp/c"],
      [new URL("file:///tmp/c/"), "/tmp/c/"],
    ]
  ) assertEquals(cacheFolder(given), path);
});

Deno.test("cacheFolder() refuses what names no folder", () => {
  for (const given of [7, true, {}, ["/tmp"], Symbol("a")]) {
    assertThrows(() => cacheFolder(given), TypeError, "Cannot use the cache folder");
  }
  for (
    const given of [
      "",
      "/tmp/a\0b",
      "file:///a%00",
      "file://elsewhere/a",
      "file:///a?b",
      new URL("https://example.org/cache"),
    ]
  ) assertThrows(() => cacheFolder(given), RangeError, "wanted a path");
});
