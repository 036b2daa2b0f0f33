import type { CheckpointSource } from "../checkpoint/source.ts";

/**
 * Looks for a checkpoint of the page's own server.
 *
 * @param source Its files, if it is there.
 * @returns The source, or what errors of the hub say first.
 * @throws {Error} If the server cannot be reached or refuses.
 */
export async function findInPage(
  source: CheckpointSource,
): Promise<{ readonly source?: CheckpointSource; readonly preface?: string }> {
  for (const fileName of ["config.json", "tokenizer.json"]) {
    try {
      if (await source.open(fileName) !== undefined) return { source };
    } catch (error) {
      // A server may send its start page in place of what it does not have.
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return { preface: `there is no checkpoint at ${source.name}` };
}
