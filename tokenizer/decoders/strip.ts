/**
 * Takes a character off the ends of a text.
 *
 * @param text The text.
 * @param character The character.
 * @param start How many at most at the start.
 * @param stop How many at most at the end.
 * @returns What is left.
 */
export function strip(text: string, character: string, start: number, stop: number): string {
  const characters = [...text];
  let first = 0;
  let end = characters.length;
  while (first < start && characters[first] === character) first++;
  while (characters.length - end < stop && end > first && characters[end - 1] === character) end--;
  return characters.slice(first, end).join("");
}
