import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { namePermission, readVariable } from "../../hub/permissions.ts";

Deno.test("namePermission() returns other errors unchanged", () => {
  for (const error of [new Error("x"), new Deno.errors.NotFound("x"), "x", undefined]) {
    assertStrictEquals(namePermission(error, "read", "--allow-read"), error);
  }
});

Deno.test("namePermission() keeps the class and the cause", () => {
  const refused = new Deno.errors.NotCapable("Requires net access");
  const named = namePermission(refused, "fetch x", "--allow-net=a.org") as Error;
  assertInstanceOf(named, Deno.errors.NotCapable);
  assertEquals(named.message, "Cannot fetch x: run again with --allow-net=a.org");
  assertStrictEquals(named.cause, refused);
});

Deno.test("readVariable() returns a variable that is set", () => {
  Deno.env.set("LSG_TEST_VARIABLE", "yes");
  assertEquals(readVariable("LSG_TEST_VARIABLE"), "yes");
  Deno.env.set("LSG_TEST_VARIABLE", "");
  assertEquals(readVariable("LSG_TEST_VARIABLE"), undefined);
  Deno.env.delete("LSG_TEST_VARIABLE");
  assertEquals(readVariable("LSG_TEST_VARIABLE"), undefined);
});
