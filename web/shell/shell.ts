/**
 * What every page does: the button that chooses light or dark. Each section's `main.ts` imports it.
 *
 * @module
 */
/// <reference lib="dom" />

import { keep, readKept } from "./storage.ts";

const SCHEMES = ["light dark", "light", "dark"] as const;
const NAMES = { "light dark": "Auto", light: "Light", dark: "Dark" } as const;

/** Name of the event on `document` after the scheme changes, for what is drawn on a canvas. */
export const SCHEME_EVENT = "schemechange";

const button = document.querySelector<HTMLButtonElement>("#scheme")!;
const stored = readKept("localStorage", "scheme");
let scheme = SCHEMES.find((each) => each === stored) ?? "light dark";

function show(): void {
  document.documentElement.style.colorScheme = scheme;
  button.textContent = NAMES[scheme];
  button.setAttribute("aria-label", `Colours: ${NAMES[scheme].toLowerCase()}. Change them`);
  document.dispatchEvent(new Event(SCHEME_EVENT));
}

button.addEventListener("click", () => {
  scheme = SCHEMES[(SCHEMES.indexOf(scheme) + 1) % SCHEMES.length];
  keep("localStorage", "scheme", scheme === "light dark" ? null : scheme);
  show();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
show();
