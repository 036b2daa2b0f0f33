/**
 * Embeddings of a block of passages, those of similar length together.
 *
 * @module
 */
import type { TextEmbedding } from "../pipelines/feature_extraction.ts";
import { renameTexts } from "./documents.ts";

/** Most characters of a call, some 8,000 tokens, as many as the pipeline runs in a batch. */
const CALL_CHARACTERS = 2 ** 15;

/**
 * Embeds a block of passages in several calls, after each of which progress can be told. The calls
 * depend on nothing but the block.
 *
 * @param passages The passages.
 * @param embed Embeds texts.
 * @param onCall Called after a call with its passages and tokens.
 * @returns The embeddings, in the order of the passages.
 * @throws What `embed` throws, with the names of passages.
 */
export async function embedBlock(
  passages: readonly { readonly text: string; readonly name: string }[],
  embed: (texts: readonly string[]) => Promise<readonly TextEmbedding[]>,
  onCall: (passages: number, tokens: number) => void,
): Promise<TextEmbedding[]> {
  const embeddings: TextEmbedding[] = new Array(passages.length);
  for (const call of groupBySize(passages.map(({ text }) => text.length))) {
    const found = await embed(call.map((i) => passages[i].text)).catch((error) => {
      throw renameTexts(error, (text) => passages[call[text]].name);
    });
    let tokens = 0;
    found.forEach((embedding, i) => {
      embeddings[call[i]] = embedding;
      tokens += embedding.tokens;
    });
    onCall(call.length, tokens);
  }
  return embeddings;
}

/** Groups indices of texts of similar length, shortest first. */
function groupBySize(lengths: readonly number[]): number[][] {
  const groups: number[][] = [];
  let characters = Infinity;
  for (const index of [...lengths.keys()].sort((a, b) => lengths[a] - lengths[b])) {
    if (characters + lengths[index] > CALL_CHARACTERS) {
      groups.push([]);
      characters = 0;
    }
    groups[groups.length - 1].push(index);
    characters += lengths[index];
  }
  return groups;
}
