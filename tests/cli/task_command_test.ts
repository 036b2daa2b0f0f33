import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../cli/arguments.ts";
import { formatNumberedTable, requireOneText } from "../../cli/task_command.ts";

Deno.test("formatNumberedTable() numbers the first row of each group", () => {
  const groups = [[["a", "1"], ["b", "22"]], [], [["c", "3"]]];
  assertEquals(
    formatNumberedTable("document", ["label", "n"], groups, [1]),
    [
      "document  label   n",
      "       1  a       1",
      "          b      22",
      "       3  c       3",
      "",
    ].join("\n"),
  );
});

Deno.test("requireOneText() rejects a text together with a file", () => {
  requireOneText(undefined, undefined);
  requireOneText("", undefined);
  requireOneText(undefined, "file");
  assertThrows(() => requireOneText("", "file"), UsageError, "--text and file");
});
