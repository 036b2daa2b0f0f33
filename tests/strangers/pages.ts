/** The README and the pages of the documentation, as paths from the root. */
export const PAGES: readonly string[] = [
  "README.md",
  ...[...Deno.readDirSync(new URL("../../docs/", import.meta.url))]
    .filter(({ name }) => name.endsWith(".md"))
    .map(({ name }) => `docs/${name}`)
    .sort(),
];

/** Those whose code is for the package for npm: `deno task test:npm` runs it. */
export const NPM_PAGES: readonly string[] = ["docs/browser.md", "docs/node.md"];
