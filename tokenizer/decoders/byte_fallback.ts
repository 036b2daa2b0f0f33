/**
 * Decodes tokens for bytes, such as `<0xE2>`; each byte of a run that is not valid UTF-8 becomes
 * U+FFFD.
 *
 * @param tokens The tokens.
 * @returns The other tokens unchanged, and a text for each run of bytes, or for each of its bytes.
 */
export function byteFallback(tokens: readonly string[]): string[] {
  const texts: string[] = [];
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length > 0) texts.push(...textsOf(bytes));
    bytes = [];
  };
  for (const token of tokens) {
    const digits = /^<0x([0-9a-fA-F]{2})>$/.exec(token)?.[1];
    if (digits !== undefined) {
      bytes.push(parseInt(digits, 16));
      continue;
    }
    flush();
    texts.push(token);
  }
  flush();
  return texts;
}

function textsOf(bytes: readonly number[]): string[] {
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return [decoder.decode(Uint8Array.from(bytes))];
  } catch {
    return bytes.map(() => "\uFFFD");
  }
}
