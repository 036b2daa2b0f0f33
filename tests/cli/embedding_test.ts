import { assertEquals } from "@std/assert";
import { embeddingJson } from "../../cli/embedding.ts";

Deno.test("embeddingJson() gives every 32-bit float back", () => {
  const data = new Float32Array([0.1, 1 / 3, -1e-40, 3.4028235e38, 16777217, 0]);
  const { tokens, dims, embedding } = JSON.parse(embeddingJson({ tokens: 4, dims: [6], data }));
  assertEquals([tokens, dims], [4, [6]]);
  assertEquals(new Float32Array(embedding), data);
});

Deno.test("embeddingJson() without pooling has a list for each token", () => {
  const data = new Float32Array([1, 2, 3, 4, 5, 6]);
  assertEquals(
    embeddingJson({ tokens: 3, dims: [3, 2], data }),
    '{"tokens":3,"dims":[3,2],"embedding":[[1,2],[3,4],[5,6]]}',
  );
});
