import { assertEquals } from "@std/assert";
import { formatEmbedding } from "../../cli/embedding.ts";

const ENCODER = { model: "a", hash: "0".repeat(64), options: {} };
const PASSAGE = { id: "a.txt:1", start: 0, end: 3, text: "a\u202eb" };

Deno.test("formatEmbedding() preserves every 32-bit float", () => {
  const data = new Float32Array([0.1, 1 / 3, -1e-40, 3.4028235e38, 16777217, 0]);
  const line = formatEmbedding({ ...PASSAGE, tokens: 4, dims: [6], data }, ENCODER);
  assertEquals(line.split("\n").length, 2);
  const { embedding, ...rest } = JSON.parse(line);
  assertEquals(rest, { ...PASSAGE, tokens: 4, encoder: ENCODER });
  assertEquals(new Float32Array(embedding), data);
});

Deno.test("formatEmbedding() without pooling has a list per token", () => {
  const data = new Float32Array([1, 2, 3, 4, 5, 6]);
  const line = formatEmbedding({ ...PASSAGE, tokens: 3, dims: [3, 2], data }, ENCODER);
  assertEquals(JSON.parse(line).embedding, [[1, 2], [3, 4], [5, 6]]);
});
