/**
 * Colours of the style sheet as numbers, for what is drawn on a canvas.
 *
 * @module
 */
/// <reference lib="dom" />

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [number, number, number];

/**
 * Reads a colour in the scheme of the page.
 *
 * @param name Name of a variable of style.css, such as `--ink`.
 * @returns The colour.
 */
export function colourOf(name: string): Colour {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const [red, green, blue] = getComputedStyle(probe).color.match(/[\d.]+/g)!.map(Number);
  probe.remove();
  return [red, green, blue];
}

/** Writes a colour for CSS. */
export function cssOf([red, green, blue]: Colour): string {
  return `rgb(${red} ${green} ${blue})`;
}
