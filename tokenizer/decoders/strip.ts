/**
 * Removes a character from the ends of a text.
 *
 * @param text The text.
 * @param character The character.
 * @param start The largest number to remove at the start.
 * @param stop The largest number to remove at the end.
 * @returns The rest.
 */
export function strip(text: string, character: string, start: number, stop: number): string {
  const characters = [...text];
  let first = 0;
  let end = characters.length;
  while (first < start && characters[first] === character) first++;
  while (characters.length - end < stop && end > first && characters[end - 1] === character) end--;
  return characters.slice(first, end).join("");
}
