import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { FolderSource } from "../../checkpoint/folder_source.ts";
import { resolveModelWeights } from "../../checkpoint/model_weights.ts";
import { readCheckpoint } from "../../checkpoint/read_checkpoint.ts";
import type { Head } from "../../families/families.ts";

const MODELS = new URL("../golden/models/", import.meta.url);

// Tensors of a RoBERTa in transformers: 5 in the embeddings, 16 per layer, 2 in the pooler or 5 in
// the head; 1 more for global embeddings, 1 more for an untied output layer.
const EXPECTED: [string, Head, number][] = [
  ["roberta_model", "Model", 5 + 3 * 16 + 2],
  ["roberta_masked_lm", "MaskedLM", 5 + 2 * 16 + 5],
  ["roberta_untied", "MaskedLM", 5 + 2 * 16 + 5 + 1],
  ["roberta_old_names", "MaskedLM", 5 + 2 * 16 + 5],
  ["lsg_norm", "MaskedLM", 5 + 2 * 16 + 5 + 1],
  ["lsg_stride_sharded", "MaskedLM", 5 + 2 * 16 + 5 + 1],
  ["lsg_null_g7", "Model", 5 + 2 * 16 + 2 + 1],
];

for (const [name, head, count] of EXPECTED) {
  Deno.test(`modelParameters() matches a checkpoint saved by transformers: ${name}`, async () => {
    const source = new FolderSource(fromFileUrl(new URL(name, MODELS)));
    const { weights, config } = await readCheckpoint(source);
    assertEquals(resolveModelWeights(weights, config, head).names().length, count);
  });
}
