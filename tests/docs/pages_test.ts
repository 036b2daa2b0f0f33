/** Pages of the documentation: links that lead somewhere, and lengths that can be read. */
import { assert, assertEquals } from "@std/assert";

const root = new URL("../../", import.meta.url);

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

/** Tells whether a link of a page leads to a file, and to a heading if it names one. */
function isAlive(page: string, link: string): boolean {
  const url = new URL(link, new URL(page, root));
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
    const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link);
    const local = links.filter((link) => !link.startsWith("https://"));
    assertEquals(local.filter((link) => !isAlive(page, link)), []);
  });
}

Deno.test("a link to nothing is found", () => {
  assert(isAlive("README.md", "docs/speed.md#memory"));
  assert(!isAlive("README.md", "docs/speed.md#no-such-heading"));
  assert(!isAlive("README.md", "docs/no_such_page.md"));
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
