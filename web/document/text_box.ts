/**
 * The text: pasted, dropped, opened, or the book.
 *
 * @module
 */
/// <reference lib="dom" />
import { find } from "../shell/element.ts";
import { keep, readKept } from "../shell/storage.ts";

/** Longest file that is opened; a book has about a megabyte. */
const MOST_BYTES = 20e6;

/** Name of the text that is kept while the page is loaded again. */
const KEPT = "document: text";

const box = find<HTMLTextAreaElement>("#text");

/** Counts what the visitor does: a text that arrives later must not replace a newer one. */
let latest = 0;

/** Whether the box shows what the visitor has; before that an empty one says nothing. */
let isOffered = false;

/** The text as it is now. */
export function currentText(): string {
  return box.value;
}

/**
 * Lets the visitor choose a text; until then it is the last one of this tab, or the book.
 *
 * @param onProblem Called with what is wrong with a file, or "" if nothing is.
 */
export async function offerText(onProblem: (problem: string) => void): Promise<void> {
  const file = find<HTMLInputElement>("#file");
  const take = (chosen: File | undefined) => {
    if (chosen) showLater(readFile(chosen), onProblem);
  };
  find("#open").addEventListener("click", () => file.click());
  file.addEventListener("change", () => {
    take(file.files?.[0]);
    file.value = "";
  });
  find("#book").addEventListener("click", () => showLater(fetchBook(), onProblem));
  box.addEventListener("input", () => {
    latest++;
    showSize();
  });
  const drop = find("#drop");
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    drop.classList.remove("over");
    const [dropped] = event.dataTransfer?.files ?? [];
    if (!dropped) return; // text is dropped as it is
    event.preventDefault();
    take(dropped);
  });
  isOffered = true;
  // The visitor may have typed already, while the page found out whether it is isolated.
  const kept = box.value || readKept("sessionStorage", KEPT);
  if (kept) show(kept);
  else await showLater(fetchBook(), onProblem);
}

/** Shows a text as soon as it is there, unless the visitor has chosen or typed another one by then. */
async function showLater(
  text: Promise<string>,
  onProblem: (problem: string) => void,
): Promise<void> {
  const mine = ++latest;
  try {
    const shown = await text;
    if (mine !== latest) return;
    show(shown);
    onProblem("");
  } catch (error) {
    if (mine === latest) onProblem((error as Error).message);
  }
}

async function fetchBook(): Promise<string> {
  try {
    const response = await fetch("../northanger_abbey.txt");
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    return await response.text();
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`The book could not be fetched: ${message}. Paste a text instead.`);
  }
}

async function readFile(file: File): Promise<string> {
  if (file.size > MOST_BYTES) {
    throw new RangeError(`${file.name} has ${Math.round(file.size / 1e6)} MB: wanted at most 20`);
  }
  const text = await file.text();
  if (text.includes("\0")) throw new RangeError(`${file.name} is not a text file`);
  if (!/html?$/.test(file.name)) return text;
  const { body } = new DOMParser().parseFromString(text, "text/html");
  body.querySelectorAll("script, style, template").forEach((part) => part.remove());
  return body.textContent ?? "";
}

function show(text: string): void {
  box.value = text;
  showSize();
}

function showSize(): void {
  const words = box.value.split(/\s+/).filter((word) => word !== "").length;
  find("#size").textContent = `${words.toLocaleString("en")} words`;
}

// Chromium empties the box when a page loads itself again, as this one does for its isolation.
addEventListener("pagehide", () => {
  if (isOffered || box.value) keep("sessionStorage", KEPT, box.value || null);
});
