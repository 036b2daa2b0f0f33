/**
 * The text: pasted, dropped, opened, or the book.
 *
 * @module
 */
/// <reference lib="dom" />
import { find } from "../shell/element.ts";

/** Longest file that is opened; a book has about a megabyte. */
const MOST_BYTES = 20e6;

const box = find<HTMLTextAreaElement>("#text");

/** The text as it is now. */
export function currentText(): string {
  return box.value;
}

/**
 * Lets the visitor choose a text; until then it is the book.
 *
 * @param onProblem Called with what is wrong with a file, or "" if nothing is.
 */
export async function offerText(onProblem: (problem: string) => void): Promise<void> {
  const file = find<HTMLInputElement>("#file");
  const take = (chosen: File | undefined) => {
    if (chosen) {
      readFile(chosen).then(show).then(() => onProblem(""), ({ message }) => onProblem(message));
    }
  };
  find("#open").addEventListener("click", () => file.click());
  file.addEventListener("change", () => {
    take(file.files?.[0]);
    file.value = "";
  });
  find("#book").addEventListener("click", () => openBook(onProblem));
  box.addEventListener("input", showSize);
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
  // A reload keeps what was typed.
  if (box.value === "") await openBook(onProblem);
  else showSize();
}

async function openBook(onProblem: (problem: string) => void): Promise<void> {
  try {
    const response = await fetch("../northanger_abbey.txt");
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    show(await response.text());
    onProblem("");
  } catch (error) {
    onProblem(`The book could not be fetched: ${(error as Error).message}. Paste a text instead.`);
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
