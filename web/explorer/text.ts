/**
 * The visitor's text, or a page of the novel that is there.
 *
 * @module
 */
/// <reference lib="dom" />
import { amount } from "../../picture/summary.ts";
import { find } from "../shell/element.ts";
import { splitIntoTokens } from "./words.ts";

/** Most tokens that are drawn. */
const MOST_TOKENS = 2 ** 16;

/** Letters of the novel that are taken: about 1,000 tokens. */
const PAGE_LETTERS = 4400;

const area = find<HTMLTextAreaElement>("#text");
const note = find("#text-note");
const clear = find("#clear");

/**
 * Lets the visitor give a text.
 *
 * @param onTokens Called with the text of each token; with none if the text is removed.
 */
export function offerText(onTokens: (tokens: readonly string[]) => void): void {
  /** Counts what the visitor does: what arrives later must not replace something newer. */
  let latest = 0;
  const take = async () => {
    const mine = ++latest;
    clear.hidden = area.value === "";
    if (area.value.trim() === "") {
      note.textContent = "";
      return onTokens([]);
    }
    note.textContent = "Splitting into tokens …";
    try {
      const tokens = await splitIntoTokens(area.value);
      if (mine !== latest) return;
      const kept = tokens.slice(0, MOST_TOKENS);
      note.textContent = `${amount(kept.length)} tokens of the embedded model's tokenizer` +
        (kept.length < tokens.length
          ? `; ${amount(tokens.length - kept.length)} more are left out`
          : "");
      onTokens(kept);
    } catch (error) {
      if (mine === latest) note.textContent = String(error);
    }
  };
  let waiting: ReturnType<typeof setTimeout> | undefined;
  area.addEventListener("input", () => {
    latest++;
    clearTimeout(waiting);
    waiting = setTimeout(take, 250);
  });
  clear.addEventListener("click", () => {
    area.value = "";
    take();
  });
  find("#book").addEventListener("click", async () => {
    clearTimeout(waiting);
    const mine = ++latest;
    try {
      const page = await fetchPage();
      if (mine !== latest) return;
      area.value = page;
      take();
    } catch (error) {
      if (mine === latest) note.textContent = `Cannot fetch the novel: ${(error as Error).message}`;
    }
  });
}

async function fetchPage(): Promise<string> {
  const response = await fetch(new URL("../northanger_abbey.txt", document.baseURI));
  if (!response.ok) throw new Error(`status ${response.status}`);
  const text = (await response.text()).slice(0, PAGE_LETTERS);
  return text.slice(0, text.lastIndexOf(".") + 1);
}
