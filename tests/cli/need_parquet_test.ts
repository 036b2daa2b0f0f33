import { assertEquals, assertRejects } from "@std/assert";
import { needParquet } from "../../cli/need_parquet.ts";

Deno.test("needParquet() tells how to install a package that is not there", async () => {
  assertEquals(await needParquet("a", Promise.resolve(7)), 7);
  const missing = Object.assign(new TypeError("no"), { code: "ERR_MODULE_NOT_FOUND" });
  const message = "Cannot use Parquet: wanted the package a; npm install a";
  await assertRejects(() => needParquet("a", Promise.reject(missing)), Error, message);
  const other = new SyntaxError("Unexpected token");
  await assertRejects(() => needParquet("a", Promise.reject(other)), SyntaxError, "Unexpected");
});
