import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../cli/arguments.ts";
import { numberedTable, requireOneText } from "../../cli/task_command.ts";

Deno.test("numberedTable() numbers things in their first lines", () => {
  const things = [[["a", "1"], ["b", "22"]], [], [["c", "3"]]];
  assertEquals(
    numberedTable("document", ["label", "n"], things, [1]),
    [
      "document  label   n",
      "       1  a       1",
      "          b      22",
      "       3  c       3",
      "",
    ].join("\n"),
  );
});

Deno.test("requireOneText() refuses a text beside a file", () => {
  requireOneText(undefined, undefined);
  requireOneText("", undefined);
  requireOneText(undefined, "file");
  assertThrows(() => requireOneText("", "file"), UsageError, "--text and file");
});
