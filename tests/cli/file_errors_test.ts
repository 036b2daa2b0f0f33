import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { explainAnyError, explainFileError, withReason } from "../../cli/file_errors.ts";

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

Deno.test("explainFileError() knows errors that Deno only numbers, and shortens paths", () => {
  const full = explainFileError("write", "a", new Error("No space left (os error 28)"));
  assertEquals(full.message, "Cannot write a: the disk is full");
  assertEquals((full as { code?: string }).code, "ENOSPC");
  const long = Object.assign(new Error("raw"), { code: "ENAMETOOLONG" });
  const { message } = explainFileError("read", `${"x".repeat(5000)}/end`, long);
  assertEquals(
    message,
    `Cannot read ${"x".repeat(100)}…${"x".repeat(36)}/end: its name is too long`,
  );
});

Deno.test("explainAnyError() explains errors of the system, and passes others on", () => {
  const error = (syscall: string) =>
    Object.assign(new Error("raw"), { syscall, path: "a", code: "ELOOP" });
  const reason = "it is a link that leads back to itself, or through too many links";
  assertEquals(explainAnyError(error("stat")), `Cannot read a: ${reason}`);
  assertEquals(explainAnyError(error("mkdir")), `Cannot write a: ${reason}`);
  assertEquals(explainAnyError(new RangeError("no")), "no");
  assertEquals(explainAnyError(Object.assign(new Error("no"), { code: "X" })), "no");
  assertEquals(explainAnyError(7), "7");
});
