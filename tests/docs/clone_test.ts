/** The README's way to use a clone in Deno, without a network. */
import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { readRepositoryFile, ROOT } from "../helpers/published_files.ts";

Deno.test("a clone stands in for the package by the README's links and imports", async () => {
  const readme = readRepositoryFile("README.md").replaceAll(/\s+/g, " ");
  const [, links, imports] = readme.match(/`("links": \[.*?\])` and `("imports": \{.*?\})`/)!;
  const folder = await Deno.makeTempDir();
  try {
    const clone = JSON.stringify(fromFileUrl(ROOT));
    await Deno.writeTextFile(
      `${folder}/deno.json`,
      `{ ${links.replace('"PATH"', clone)}, ${imports} }`,
    );
    const code = 'import { softmax } from "@lsg/core";\n' +
      'import { sigmoid } from "@lsg/core/pipelines";\n' +
      "console.log(softmax([0, 0]).length, typeof sigmoid);\n";
    await Deno.writeTextFile(`${folder}/main.ts`, code);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-lock", "--allow-all", "main.ts"],
      cwd: folder,
      // Nobody listens there.
      env: { JSR_URL: "http://127.0.0.1:1/", NO_COLOR: "1" },
    }).output();
    const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assertEquals(out, "2 function\n", error);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
