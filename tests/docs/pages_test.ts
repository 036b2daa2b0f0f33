/** Pages of the documentation: links that lead somewhere, and lengths that can be read. */
import { assert, assertEquals } from "@std/assert";
import { pathOfLink, repositoryUrl } from "../../tools/repository.ts";
import { publishedFiles, readRepositoryFile } from "../helpers/published_files.ts";

const root = new URL("../../", import.meta.url);
const repository = repositoryUrl(readRepositoryFile("CITATION.cff"));

const pages = [
  "README.md",
  ...[...Deno.readDirSync(new URL("docs/", root))]
    .filter(({ name }) => name.endsWith(".md"))
    .map(({ name }) => `docs/${name}`),
];

const read = (path: string | URL) => Deno.readTextFileSync(new URL(path, root));

/** The anchors of a page, as GitHub makes them of its headings. */
function anchorsOf(page: URL): string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading.toLowerCase().replaceAll(/[^\p{L}\p{N}_\- ]/gu, "").replaceAll(" ", "-")
  );
}

/** The links of a text in Markdown, those of pictures too. */
function linksOf(text: string): string[] {
  const code = /^```.*?^```$|`[^`\n]*`/gms;
  return [...text.replace(code, "").matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link);
}

/** Tells whether a link leads to a file, and to a heading if it names one; others are believed. */
function isAlive(page: string, link: string): boolean {
  const path = pathOfLink(link, repository);
  if (path === undefined && /^https:/.test(link)) return !link.startsWith(`${repository}/`);
  const url = path === undefined ? new URL(link, new URL(page, root)) : new URL(path, root);
  const anchor = decodeURIComponent(url.hash.slice(1));
  url.hash = "";
  try {
    Deno.statSync(url);
  } catch {
    return false;
  }
  return anchor === "" || anchorsOf(url).includes(anchor);
}

for (const page of pages) {
  Deno.test(`the links of ${page} lead to files and headings`, () => {
    assertEquals(linksOf(read(page)).filter((link) => !isAlive(page, link)), []);
  });
}

Deno.test("the links of what is published are absolute, and lead to files and headings", () => {
  const comments = (code: string) => code.match(/\/\*\*.*?\*\//gs)?.join("\n") ?? "";
  const broken = publishedFiles().filter((path) => /\.(md|ts)$/.test(path)).flatMap((path) => {
    const text = readRepositoryFile(path);
    return linksOf(path.endsWith(".ts") ? comments(text) : text)
      .filter((link) => !link.startsWith("https://") || !isAlive(path, link))
      .map((link) => `${path}: ${link}`);
  });
  assertEquals(broken, []);
});

Deno.test("a link to nothing is found", () => {
  assert(isAlive("docs/README.md", "speed.md#memory"));
  assert(!isAlive("docs/README.md", "speed.md#no-such-heading"));
  assert(!isAlive("docs/README.md", "no_such_page.md"));
  assert(isAlive("README.md", `${repository}/blob/main/docs/speed.md#memory`));
  assert(!isAlive("README.md", `${repository}/blob/main/docs/speed.md#no-such-heading`));
  assert(!isAlive("README.md", `${repository}/blob/main/no_such_file.ts`));
  assert(!isAlive("README.md", `${repository}/docs/speed.md`));
  assertEquals(linksOf("[a](b.md) `[c](d)` ![e](https://f/g.svg)\n```\n[h](i)\n```\n"), [
    "b.md",
    "https://f/g.svg",
  ]);
});

Deno.test("the index names every page", () => {
  const index = read("docs/README.md");
  const missing = pages.filter((page) =>
    page.startsWith("docs/") && page !== "docs/README.md" &&
    !index.includes(`(${page.slice("docs/".length)})`)
  );
  assertEquals(missing, []);
});

Deno.test("the README is under 150 lines", () => {
  assert(read("README.md").trimEnd().split("\n").length < 150);
});
