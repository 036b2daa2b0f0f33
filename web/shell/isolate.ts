/**
 * Isolation of a page from others, which browsers ask for before its threads may share memory.
 *
 * @module
 */
/// <reference lib="dom" />

import { keep, readKept } from "./storage.ts";

/** Name of the note that the page was loaded again; it lives as long as the tab. */
const RELOADED = "isolation: reloaded";

/** Milliseconds that a page waits for its service worker. */
const PATIENCE = 3000;

/**
 * Isolates the page if its host does not: a service worker adds the headers, and the page is loaded
 * again, once. Where that is impossible, the page stays as it is, on one thread.
 *
 * @param root Address of the site, relative to the page.
 * @returns Whether the page is being loaded again.
 */
export async function isolate(root: string): Promise<boolean> {
  if (globalThis.crossOriginIsolated) {
    keep("sessionStorage", RELOADED, null);
    return false;
  }
  if (!("serviceWorker" in navigator) || readKept("sessionStorage", RELOADED)) return false;
  try {
    const address = new URL(`${root}service_worker.js`, document.baseURI);
    const ready = navigator.serviceWorker.register(address, { scope: "./" })
      .then(() => navigator.serviceWorker.ready);
    await Promise.race([ready, expire()]);
  } catch {
    return false; // no https, or a browser that forbids service workers
  }
  // What is still being loaded would fail.
  if (document.readyState !== "complete") {
    await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
  }
  // Without the note the page might be loaded again for ever.
  if (!keep("sessionStorage", RELOADED, "yes")) return false;
  location.reload();
  return true;
}

function expire(): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("no answer")), PATIENCE));
}
