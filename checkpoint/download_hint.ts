/**
 * Recognizes files that are commonly found in place of a failed download.
 *
 * @param prefix The file's first 8 bytes.
 * @returns The end of a message; empty for any other file.
 */
export function downloadHint(prefix: Uint8Array): string {
  const text = new TextDecoder().decode(prefix);
  if (text === "version ") {
    return "; it seems to be a Git LFS pointer: git lfs pull downloads the file";
  }
  return text.startsWith("<") ? "; it seems to be a web page" : "";
}
