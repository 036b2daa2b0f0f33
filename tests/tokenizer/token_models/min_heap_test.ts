import { assertEquals } from "@std/assert";
import { Random } from "../../../tensor/random.ts";
import { MinHeap } from "../../../tokenizer/token_models/min_heap.ts";

Deno.test("MinHeap gives its keys in ascending order, whatever is added in between", () => {
  const random = new Random(1);
  const heap = new MinHeap();
  const keys: number[] = [];
  for (let i = 0; i < 2000; i++) {
    if (random.uniform() < 0.6) {
      const key = Math.floor(random.uniform() * 100);
      heap.push(key);
      keys.push(key);
    } else {
      keys.sort((a, b) => a - b);
      assertEquals(heap.pop(), keys.shift());
    }
  }
  assertEquals(Array.from(keys, () => heap.pop()), keys.sort((a, b) => a - b));
  assertEquals(heap.pop(), undefined);
});
