import { assert, assertEquals } from "@std/assert";
import { groupByLength } from "../../pipelines/group_by_length.ts";
import { Random } from "../../tensor/random.ts";

Deno.test("groupByLength() puts lengths together that round up to the same multiple", () => {
  assertEquals(groupByLength([16, 17, 1, 32, 33], 16, 1000), [[2, 0], [1, 3], [4]]);
});

Deno.test("groupByLength() keeps the order of equal lengths", () => {
  assertEquals(groupByLength([5, 5, 5], 8, 1000), [[0, 1, 2]]);
});

Deno.test("groupByLength() puts a text that fits beside no other in its own group", () => {
  assertEquals(groupByLength([9, 9, 100, 9], 16, 32), [[0, 1], [3], [2]]);
  assertEquals(groupByLength([], 16, 32), []);
});

Deno.test("groupByLength() has each index once, and no group that is too large or too mixed", () => {
  const random = new Random(1);
  for (let round = 0; round < 200; round++) {
    const draw = (most: number) => 1 + Math.floor(random.uniform() * most);
    const lengths = Array.from({ length: draw(30) }, () => draw(200));
    const [multiple, maxTokens] = [draw(32), draw(500)];
    const groups = groupByLength(lengths, multiple, maxTokens);
    assertEquals(groups.flat().sort((a, b) => a - b), [...lengths.keys()]);
    for (const group of groups) {
      const longest = Math.max(...group.map((index) => lengths[index]));
      const shortest = Math.min(...group.map((index) => lengths[index]));
      assert(longest - shortest < multiple);
      assert(group.length === 1 || group.length * longest <= maxTokens);
    }
  }
});
