/**
 * The passages that a search found.
 *
 * @module
 */
/// <reference lib="dom" />
import { element } from "../shell/element.ts";
import type { SearchResult } from "./protocol.ts";

/**
 * Makes the elements that show a result.
 *
 * @param text The text.
 * @param result What was found in it.
 * @returns A list, and how it was found.
 */
export function foundPassages(text: string, result: SearchResult): HTMLElement[] {
  const { found, passages, method, end } = result;
  const best = Math.max(found[0].score, 1e-9);
  const items = found.map(({ start, end, score }) => {
    const share = Math.max(0, Math.min(1, score / best));
    const where = `${Math.round(100 * start / text.length)} % into the text`;
    return element(
      "li",
      {},
      element("blockquote", {}, text.slice(start, end)),
      element(
        "p",
        { class: "note" },
        element("span", { class: "meter", "aria-hidden": "true", style: `--share: ${share}` }),
        ` score ${score.toFixed(3)}, ${where}`,
      ),
    );
  });
  const how = method === "vectors"
    ? "Cosine of the vectors of the query and of each passage."
    : "This model was not trained for search, so each token of the query looks for the nearest token " +
      "of a passage; the score is by how much nearer than in the others. A sentence-transformers model " +
      "(all-MiniLM-L6-v2, say) compares whole passages and does it better.";
  const unread = end < text.trimEnd().length ? " The rest of the text is beyond the length." : "";
  return [
    element("ol", { class: "found" }, ...items),
    element("p", { class: "note" }, `The best of ${passages} passages. ${how}${unread}`),
  ];
}
