/** The messages in docs/troubleshooting.md are those of the library. */
import { assert, assertEquals } from "@std/assert";
import { publishedFiles, readRepositoryFile } from "../helpers/published_files.ts";

/** The library's code, with texts over several lines joined and their values as "…". */
const code = publishedFiles().filter((path) => path.endsWith(".ts")).map(readRepositoryFile)
  .join("\n")
  .replace(/["'`] \+\s+["'`]/g, "")
  .replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/gs, "…")
  .replaceAll('\\"', '"')
  .replace(/\s+/g, " ");

/** The words of a message between its values: "…", numbers and what is in quotation marks. */
function wordsOf(message: string): string[] {
  return message.split(/…|"[^"]*"|\d+/)
    .map((part) => part.replace(/^[\s,;:()]+|[\s,;:()]+$/g, ""))
    .filter((part) => part.length > 6);
}

const messages = [...readRepositoryFile("docs/troubleshooting.md").matchAll(/^\| `([^`]+)`/gm)]
  .map(([, message]) => message)
  .filter((message) => !/XDG_RUNTIME_DIR|double free/.test(message)); // Mesa's, and the C library's

Deno.test("the words of each message are in the library", () => {
  assert(messages.length > 25);
  const unknown = messages.flatMap(wordsOf).filter((words) => !code.includes(words));
  assertEquals(unknown, []);
});

Deno.test("a message that the library does not have is found", () => {
  assertEquals(wordsOf('Cannot use "x" … of 3 rows, wanted …'), ["Cannot use", "rows, wanted"]);
  assert(!code.includes("wanted a message that nobody throws"));
});
