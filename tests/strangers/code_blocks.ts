/** A block of code in a page of the documentation. */
export interface CodeBlock {
  /** The page, such as `docs/node.md`. */
  readonly page: string;
  /** Line of the page on which the block begins, from 1. */
  readonly line: number;
  /** First word after the fence: `ts`, `sh`, …; "" if there is none. */
  readonly language: string;
  /** The code. */
  readonly text: string;
}

/**
 * Finds the blocks of code in a page.
 *
 * @param page Its path.
 * @param text Its text, Markdown.
 * @returns The blocks, in order.
 */
export function codeBlocksOf(page: string, text: string): CodeBlock[] {
  return [...text.matchAll(/^```(\w*)[^\n]*\n(.*?)^```$/gms)].map((found) => {
    const [, language, code] = found;
    const line = text.slice(0, found.index).split("\n").length;
    return { page, line, language, text: code };
  });
}

/**
 * Splits a block for a shell into its commands.
 *
 * @param text The block.
 * @returns A command each, with its continued lines, without comments.
 */
export function commandsOf(text: string): string[] {
  return text.replace(/\\\n\s*/g, "").replace(/\|\n\s*/g, "| ").split("\n")
    .map((line) => line.replace(/(^|\s)#\s.*$/, "").trim())
    .filter((line) => line !== "");
}

/** What no test runs as it stands, and why. */
export interface LeftOut {
  /** How the command or the block begins, or its language. */
  readonly starts: string;
  /** Why, and what is run in its place. */
  readonly reason: string;
}

/** Everything that is left out; each line has to be used. */
export const LEFT_OUT: readonly LeftOut[] = [
  { starts: "npx --yes deno@2.9.6 task", reason: ".ci/run calls these tasks" },
  { starts: "deno task", reason: "tasks of a clone; .ci/run calls all that test, benches measure" },
  { starts: "lsg serve", reason: "ends by a signal; tests/serve/in_clients.ts runs it" },
  { starts: "redis-server", reason: "tests/batch/in_redis.ts starts its own" },
  { starts: "lsg batch work vectors --redis", reason: "tests/batch/in_redis.ts runs it" },
  { starts: "pip install", reason: "installs 2 GB; tools/check_converted.py needs the same" },
  {
    starts: "from transformers import",
    reason: "needs the above; tools/check_converted.py does it",
  },
];

/**
 * Finds the reason to leave out a command or a block.
 *
 * @param code The command, or the text of the block.
 * @returns The reason; undefined if it is run.
 */
export function leftOutReason(code: string): LeftOut | undefined {
  return LEFT_OUT.find(({ starts }) => code.startsWith(starts));
}
