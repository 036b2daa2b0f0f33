import { assertEquals } from "@std/assert";
import { isFullDisk } from "../../checkpoint/system_errors.ts";

Deno.test("isFullDisk() tells disks from other errors", () => {
  assertEquals(isFullDisk(Object.assign(new Error(), { code: "ENOSPC" })), true);
  assertEquals(isFullDisk(new Error("No space left on device (os error 28)")), true);
  for (const error of [new Error("full"), Object.assign(new Error(), { code: "EIO" }), null]) {
    assertEquals(isFullDisk(error), false);
  }
});
