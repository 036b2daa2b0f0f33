import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { withReason } from "../../cli/file_errors.ts";

Deno.test("withReason() returns the result", async () => {
  assertEquals(await withReason("read", "a.txt", Promise.resolve(7)), 7);
});

Deno.test("withReason() explains the system's error codes", async () => {
  const fail = (code: string) =>
    withReason("write", "a.txt", Promise.reject(Object.assign(new Error("raw"), { code })));
  await assertRejects(() => fail("ENOSPC"), Error, "Cannot write a.txt: the disk is full");
  await assertRejects(() => fail("EWHAT"), Error, "Cannot write a.txt: raw");
});

Deno.test("withReason() names a missing permission, and passes other errors on", async () => {
  const refused = new Deno.errors.NotCapable("Requires read access");
  const reading = () => withReason("read", "a.txt", Promise.reject(refused));
  const message = "Cannot read a.txt: run again with --allow-read=a.txt";
  await assertRejects(reading, Deno.errors.NotCapable, message);
  const other = new SyntaxError("broken");
  const error = await assertRejects(() => withReason("read", "a.txt", Promise.reject(other)));
  assertStrictEquals(error, other);
});
