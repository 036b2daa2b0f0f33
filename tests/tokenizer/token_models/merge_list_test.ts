import { assertEquals, assertThrows } from "@std/assert";
import { MergeList } from "../../../tokenizer/token_models/merge_list.ts";

const refuse = (merge: unknown): never => {
  throw new TypeError(`refused ${JSON.stringify(merge)}`);
};

Deno.test("MergeList.of() reads both forms", () => {
  const merges = MergeList.of(["a b", ["c d", ""], "😀 é", " x"], refuse);
  assertEquals(merges.length, 4);
  assertEquals([0, 1, 2, 3].map((rank) => merges.parts(rank)), [
    ["a", "b"],
    ["c d", ""],
    ["😀", "é"],
    ["", "x"],
  ]);
  assertEquals(MergeList.of([], refuse).length, 0);
});

Deno.test("MergeList.of() refuses anything else", () => {
  for (const merge of ["", "ab", "a b c", "a  b", 1, null, {}, ["a"], ["a", "b", "c"], ["a", 1]]) {
    assertThrows(
      () => MergeList.of(["a b", merge], refuse),
      TypeError,
      `refused ${JSON.stringify(merge)}`,
    );
  }
  assertThrows(() => MergeList.of(new Array(1), refuse), TypeError, "refused undefined");
});
