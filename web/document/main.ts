/**
 * The page of the long document.
 *
 * @module
 */
/// <reference lib="dom" />
import "../shell/shell.ts";
import { find } from "../shell/element.ts";
import { isolate } from "../shell/isolate.ts";
import { runJob, stopJob, Stopped } from "./client.ts";
import { Comparison } from "./comparison.ts";
import { addRun } from "./costs_table.ts";
import { countRight, filledText } from "./filled_text.ts";
import { foundPassages } from "./found_passages.ts";
import { explain } from "./kind_error.ts";
import type { FillRequest, FillResult, Job, SearchResult, Settings } from "./protocol.ts";
import { currentText, offerText } from "./text_box.ts";

/** Lengths of a comparison, up to the chosen one. */
const LENGTHS = [512, 1024, 2048, 4096, 8192, 16384];

/** The last words that were filled, for a second run on the same ones. */
let filled: FillRequest | undefined;
let seed = 0;
let isRunning = false;
/** What had the focus when the job started. */
let starter: HTMLElement | undefined;

const value = (id: string) => find<HTMLInputElement | HTMLSelectElement>(`#${id}`).value.trim();

function settings(): Settings {
  return {
    model: value("model"),
    device: value("device") as Settings["device"],
    tokens: Number(value("tokens")),
    attention: value("attention") as Settings["attention"],
  };
}

/** Runs a job with its progress, and shows what it gives. */
async function run(
  request: Job,
  show: (result: FillResult | SearchResult | undefined) => void,
  onPass: Parameters<typeof runJob>[1]["onPass"] = () => {},
): Promise<void> {
  if (isRunning) return;
  setRunning(true);
  complain("");
  try {
    if (request.text.trim() === "") {
      throw new RangeError("There is no text: paste one, or use the book.");
    }
    show(await runJob(request, { onProgress: showProgress, onPass }));
  } catch (error) {
    if (error instanceof Stopped) say("Cancelled.");
    else complain(explain((error as Error).message, request.model));
  } finally {
    setRunning(false);
  }
}

function setRunning(running: boolean): void {
  isRunning = running;
  const cancel = find<HTMLButtonElement>("#cancel");
  const focused = document.activeElement;
  for (const button of document.querySelectorAll<HTMLButtonElement>("form button, #again")) {
    button.disabled = running;
  }
  find("#status").hidden = !running;
  // A button that is disabled or hidden loses the keyboard's focus.
  if (running) {
    starter = focused instanceof HTMLElement ? focused : undefined;
    if (starter instanceof HTMLButtonElement) cancel.focus();
    showProgress("Starting …");
  } else if (focused === cancel || focused === document.body) {
    starter?.focus();
  }
}

function showProgress(progress: string, share?: number): void {
  find("#step").textContent = progress;
  const bar = find<HTMLProgressElement>("#progress");
  if (share === undefined) bar.removeAttribute("value");
  else bar.value = share;
}

function complain(problem: string): void {
  find("#problem").textContent = problem;
}

/** Tells readers of the screen, who do not see the result appear. */
function say(words: string): void {
  find("#said").textContent = words;
  find("#step").textContent = words;
}

function showResult(title: string, elements: readonly HTMLElement[]): void {
  find("#result").hidden = false;
  find("#result-title").textContent = title;
  find("#answer").replaceChildren(...elements);
  find("#again").hidden = true;
}

function reveal(summary: string): void {
  say(summary);
  const result = find("#result");
  result.focus({ preventScroll: true });
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  result.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
}

/** Fills hidden words; a second time the same ones with full attention. */
async function fill(request: FillRequest): Promise<void> {
  await run(request, (result) => {
    if (result?.task !== "fill") return;
    filled = request;
    const right = countRight(result);
    const isGiven = result.words[0].word === undefined;
    const outcome = isGiven
      ? `${result.words.length} words`
      : `${right} of ${result.words.length} right`;
    showResult(
      isGiven ? "The words for the masks" : `${right} of ${result.words.length} hidden words found`,
      filledText(request.text, result),
    );
    addRun("Hidden words", result, outcome);
    // A checkpoint with an attention of its own has no full one.
    find("#again").hidden = result.attention !== "LSG";
    reveal(`${outcome}, in ${result.seconds.toFixed(1)} seconds.`);
  });
}

function onSubmit(id: string, act: () => Promise<void>): void {
  find(`#${id}`).addEventListener("submit", (event) => {
    event.preventDefault();
    act();
  });
}

onSubmit("fill", () =>
  fill({
    ...settings(),
    task: "fill",
    text: currentText(),
    hidden: Number(value("hidden")),
    seed: seed++,
  }));

onSubmit("search", async () => {
  const request = {
    ...settings(),
    task: "search",
    text: currentText(),
    query: value("query"),
  } as const;
  await run(request, (result) => {
    if (result?.task !== "search") return;
    showResult(`Nearest to “${request.query}”`, foundPassages(request.text, result));
    const outcome = `best of ${result.passages} passages`;
    addRun(result.isKnown ? "Search again" : "Embedding of passages", result, outcome);
    reveal(`The ${outcome} is shown.`);
  });
});

onSubmit("compare", async () => {
  const longest = Number(value("longest"));
  const comparison = new Comparison();
  const request = {
    ...settings(),
    task: "compare",
    text: currentText(),
    lengths: LENGTHS.filter((length) => length <= longest),
  } as const;
  await run(request, () => reveal(comparison.summary()), (pass) => {
    if (pass.tokens === LENGTHS[0] && pass.attention !== "full") {
      showResult("Measured here", comparison.elements);
    }
    comparison.add(pass);
  });
});

find("#cancel").addEventListener("click", stopJob);
find("#again").addEventListener("click", () => filled && fill({ ...filled, attention: "full" }));

// Where there is room, the choices are shown.
find<HTMLDetailsElement>("#choices").open = matchMedia("(min-width: 48rem)").matches;
if (!await isolate("../")) {
  await offerText(complain);
  document.body.dataset.ready = "yes";
}
