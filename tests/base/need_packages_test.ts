import { assertEquals, assertRejects } from "@std/assert";
import { needPackages } from "../../base/need_packages.ts";

Deno.test("needPackages() tells how to install a package that is not there", async () => {
  assertEquals(await needPackages("Parquet", ["a"], Promise.resolve(7)), 7);
  const missing = Object.assign(new TypeError("no"), { code: "ERR_MODULE_NOT_FOUND" });
  const message = "Cannot use Parquet: wanted the package a; npm install a";
  await assertRejects(
    () => needPackages("Parquet", ["a"], Promise.reject(missing)),
    Error,
    message,
  );
  const other = new SyntaxError("Unexpected token");
  await assertRejects(
    () => needPackages("Parquet", ["a"], Promise.reject(other)),
    SyntaxError,
    "Unexpected",
  );
});
