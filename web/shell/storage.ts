/**
 * Texts that the browser keeps. It may refuse, for example where a visitor blocks cookies; then
 * nothing is kept, and the page works all the same.
 *
 * @module
 */
/// <reference lib="dom" />

/** Kept for good, or as long as the tab. */
type StorageName = "localStorage" | "sessionStorage";

/**
 * Reads what is kept.
 *
 * @param storage Where it is kept.
 * @param name Its name.
 * @returns The text; null if there is none.
 */
export function readKept(storage: StorageName, name: string): string | null {
  try {
    return globalThis[storage].getItem(name);
  } catch {
    return null;
  }
}

/**
 * Keeps a text, or forgets it.
 *
 * @param storage Where it is kept.
 * @param name Its name.
 * @param text The text; null forgets the one that is kept.
 * @returns Whether the browser did so; if it did not, nothing is kept.
 */
export function keep(storage: StorageName, name: string, text: string | null): boolean {
  try {
    // First, as a text that is too long is refused.
    globalThis[storage].removeItem(name);
    if (text !== null) globalThis[storage].setItem(name, text);
    return true;
  } catch {
    return false;
  }
}
