/**
 * Returns the number of code units of the character at a position.
 *
 * @param text The text.
 * @param position The character's first code unit.
 * @returns 1 or 2.
 */
export function widthAt(text: string, position: number): number {
  return (text.charCodeAt(position) & 0xfc00) === 0xd800 ? 2 : 1;
}

/**
 * Returns the position of the character before a position.
 *
 * @param text The text.
 * @param position The position, after the first.
 * @returns The character's first code unit.
 */
export function stepBack(text: string, position: number): number {
  return position - ((text.charCodeAt(position - 1) & 0xfc00) === 0xdc00 ? 2 : 1);
}
