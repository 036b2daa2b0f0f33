/**
 * Elements of the page.
 *
 * @module
 */
/// <reference lib="dom" />

/**
 * Finds an element that the page has.
 *
 * @param selector CSS selector.
 * @returns The first element that matches.
 * @throws {Error} If there is none.
 */
export function find<Kind extends HTMLElement = HTMLElement>(selector: string): Kind {
  const found = document.querySelector<Kind>(selector);
  if (!found) throw new Error(`Cannot find ${selector} in the page`);
  return found;
}

/**
 * Makes an element.
 *
 * @param name Its tag.
 * @param attributes Its attributes; those that are undefined are left out.
 * @param children Elements, or text, which is never read as HTML.
 * @returns The element.
 */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}
