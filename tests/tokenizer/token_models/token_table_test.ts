import { assertEquals } from "@std/assert";
import { textAt, textsOf, TokenTable } from "../../../tokenizer/token_models/token_table.ts";

Deno.test("TokenTable finds each token's id", () => {
  for (const count of [0, 1, 2, 3, 4, 7, 8, 1000]) {
    const tokens = Array.from({ length: count }, (_, i) => "é".repeat(i % 40) + i);
    const table = new TokenTable(textsOf(tokens), tokens.map((_, i) => 3 * i));
    assertEquals(tokens.map((token) => table.get(token)), tokens.map((_, i) => 3 * i));
    assertEquals(table.size, count);
    assertEquals([...table].at(-1), count === 0 ? undefined : [tokens[count - 1], 3 * (count - 1)]);
    for (const other of ["", "é", `${count}`, "é0", "__proto__"]) {
      if (!tokens.includes(other)) assertEquals(table.get(other), undefined);
    }
  }
});

Deno.test("TokenTable counts equal tokens once, the first one's id", () => {
  const table = new TokenTable(textsOf(["a", "", "a", "b", ""]), [5, 6, 7, 8, 9]);
  assertEquals(table.size, 3);
  assertEquals(["a", "", "b", "ab"].map((token) => table.get(token)), [5, 6, 8, undefined]);
});

Deno.test("TokenTable finds each id's first token", () => {
  const long = "\ud83d".repeat(10_000);
  const table = new TokenTable(textsOf(["a", "b", "c", long]), [2, 0, 2, 5]);
  const ids = [-1, 0, 1, 2, 5, 6, 0.5, NaN];
  assertEquals(
    ids.map((id) => table.tokenOf(id)),
    [undefined, "b", undefined, "a", long, undefined, undefined, undefined],
  );
  assertEquals(table.longest, 10_000);
  assertEquals([...table.longerThan(1)], [[long, 5]]);
  assertEquals([...table.longerThan(10_000)], []);
});

Deno.test("TokenTable looks code units up", () => {
  const { units, starts } = textsOf(["ab", "c", "", "xabc"]);
  assertEquals([0, 1, 2, 3].map((i) => textAt(units, starts[i], starts[i + 1])), [
    "ab",
    "c",
    "",
    "xabc",
  ]);
  const table = new TokenTable(textsOf(["ab", "abc", "b"]), [7, 8, 7]);
  assertEquals(table.idOf(units, 0, 2), 7);
  assertEquals(table.idOf(units, 0, 3), 8);
  assertEquals(table.idOf(units, 0, 1), -1);
  assertEquals(table.idOf(units, 4, 7), 8);
  assertEquals([7, 8, 9, -1].map((id) => table.isToken(id, units, 0, 2)), [
    true,
    false,
    false,
    false,
  ]);
  assertEquals(table.isToken(7, units, 1, 2), false, "not the first token of its id");
});
