import { assertEquals } from "@std/assert";
import { TokenTable } from "../../../tokenizer/token_models/token_table.ts";

Deno.test("TokenTable finds each token's id", () => {
  for (const count of [0, 1, 2, 3, 4, 7, 8, 1000]) {
    const tokens = Array.from({ length: count }, (_, i) => "é".repeat(i % 40) + i);
    const table = new TokenTable(tokens, tokens.map((_, i) => 3 * i));
    assertEquals(tokens.map((token) => table.get(token)), tokens.map((_, i) => 3 * i));
    assertEquals(table.size, count);
    assertEquals([...table].at(-1), count === 0 ? undefined : [tokens[count - 1], 3 * (count - 1)]);
    for (const other of ["", "é", `${count}`, "é0", "__proto__"]) {
      if (!tokens.includes(other)) assertEquals(table.get(other), undefined);
    }
  }
});

Deno.test("TokenTable counts equal tokens once, the first one's id", () => {
  const table = new TokenTable(["a", "", "a", "b", ""], [5, 6, 7, 8, 9]);
  assertEquals(table.size, 3);
  assertEquals(["a", "", "b", "ab"].map((token) => table.get(token)), [5, 6, 8, undefined]);
});
