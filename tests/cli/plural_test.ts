import { assertEquals } from "@std/assert";
import { plural } from "../../cli/plural.ts";

Deno.test("plural() counts one thing and others", () => {
  assertEquals([0, 1, 2].map((count) => plural(count, "shard")), [
    "0 shards",
    "1 shard",
    "2 shards",
  ]);
});
