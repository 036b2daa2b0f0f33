import { assertEquals } from "@std/assert";
import { formatEmbedding } from "../../cli/embedding.ts";

Deno.test("formatEmbedding() preserves every 32-bit float", () => {
  const data = new Float32Array([0.1, 1 / 3, -1e-40, 3.4028235e38, 16777217, 0]);
  const { tokens, dims, embedding } = JSON.parse(formatEmbedding({ tokens: 4, dims: [6], data }));
  assertEquals([tokens, dims], [4, [6]]);
  assertEquals(new Float32Array(embedding), data);
});

Deno.test("formatEmbedding() without pooling has a list per token", () => {
  const data = new Float32Array([1, 2, 3, 4, 5, 6]);
  assertEquals(
    formatEmbedding({ tokens: 3, dims: [3, 2], data }),
    '{"tokens":3,"dims":[3,2],"embedding":[[1,2],[3,4],[5,6]]}',
  );
});
