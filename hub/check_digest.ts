import type { Download } from "./download.ts";
import { startHash } from "./sha.ts";

/**
 * Checks the hash of a whole file as its bytes pass.
 *
 * @param download The file.
 * @param chunks All its bytes.
 * @returns The same chunks.
 * @throws {RangeError} After the last of them, if the server names another hash.
 */
export async function* checkDigest(
  { name, metadata: { digest, size } }: Download,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (digest === undefined) return yield* chunks;
  const isGit = digest.kind === "git";
  const hash = startHash(isGit ? "sha1" : "sha256");
  // Git hashes the length first; without it the bytes wait for the last one.
  const waiting: Uint8Array[] | undefined = isGit && size === undefined ? [] : undefined;
  const gitHeader = (length: number) => new TextEncoder().encode(`blob ${length}\0`);
  if (isGit && size !== undefined) hash.update(gitHeader(size));
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (waiting) waiting.push(new Uint8Array(chunk));
    else hash.update(chunk);
    yield chunk;
  }
  if (waiting) [gitHeader(length), ...waiting].forEach((chunk) => hash.update(chunk));
  if (hash.hex() === digest.hex) return;
  throw new RangeError(
    `Cannot use ${name}: its ${digest.kind} hash does not match, wanted ${digest.hex}`,
  );
}
