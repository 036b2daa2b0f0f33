import { assert, assertEquals } from "@std/assert";
import { readRepositoryFile } from "../helpers/published_files.ts";
import { codeBlocksOf, commandsOf, LEFT_OUT, leftOutReason } from "./code_blocks.ts";
import { PAGES } from "./pages.ts";

const blocks = PAGES.flatMap((page) => codeBlocksOf(page, readRepositoryFile(page)));

Deno.test("blocks are found with their page, line and language", () => {
  const text = "# A\n\n```ts ignore\na();\nb();\n```\n\n- c\n\n```\nplain\n```\n";
  assertEquals(codeBlocksOf("p.md", text), [
    { page: "p.md", line: 3, language: "ts", text: "a();\nb();\n" },
    { page: "p.md", line: 10, language: "", text: "plain\n" },
  ]);
});

Deno.test("commands are joined over lines, and lose their comments", () => {
  const text = "# Comment\na --b \\\n  --c\nd | # why\n\necho '#1' |\n  e  # what\n";
  assertEquals(commandsOf(text), ["a --b --c", "d |", "echo '#1' | e"]);
});

Deno.test("each language is one that is run, or that is not code", () => {
  const known = ["ts", "js", "sh", "html", "json", "python", "yaml", "bibtex", ""];
  assertEquals(blocks.filter(({ language }) => !known.includes(language)), []);
});

Deno.test("each reason to leave out code is needed, and they stay few", () => {
  const codes = blocks.flatMap(({ language, text }) =>
    language === "sh" ? commandsOf(text) : [text]
  );
  const used = new Set(codes.map(leftOutReason));
  assertEquals(LEFT_OUT.filter((each) => !used.has(each)), []);
  assert(LEFT_OUT.length <= 8);
});
