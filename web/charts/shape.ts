/**
 * Elements of SVG.
 *
 * @module
 */
/// <reference lib="dom" />

/**
 * Makes an element of SVG.
 *
 * @param name Its tag.
 * @param attributes Its attributes.
 * @param text Its text.
 * @returns The element.
 */
export function shape<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string | number>>,
  text?: string,
): SVGElementTagNameMap[Name] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}
