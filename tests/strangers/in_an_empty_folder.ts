/**
 * `deno task test:strangers`: from an empty folder to the first answers in Deno, by the commands and
 * the code of README and docs, as they stand.
 *
 * Two local servers take the place of the network: one is JSR, with what `deno publish` would send,
 * the other is the hub, with small models under the names that the documentation uses. The package
 * for npm has the same tests: `deno task test:npm`.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import config from "../../deno.json" with { type: "json" };
import { examplesOf, publishedFiles, readRepositoryFile } from "../helpers/published_files.ts";
import { answerAsHub } from "../helpers/stored_hub.ts";
import { type CodeBlock, codeBlocksOf, commandsOf, leftOutReason } from "./code_blocks.ts";
import { listPublished, serveJsr } from "./jsr_server.ts";
import { NPM_PAGES, PAGES } from "./pages.ts";
import { writeTexts } from "./texts.ts";

const paths = await listPublished();
const jsr = await serveJsr(paths);
const hub = Deno.serve(
  { port: 0, hostname: "127.0.0.1", onListen() {} },
  ({ url }) => answerAsHub(new URL(url).pathname),
);
const folder = await Deno.makeTempDir();
const environment = {
  DENO_DIR: join(folder, "deno"),
  HOME: join(folder, "home"),
  JSR_URL: `http://127.0.0.1:${jsr.addr.port}/`,
  NO_COLOR: "1",
  PATH: `${join(folder, "bin")}:${Deno.env.get("PATH")}`,
  XDG_RUNTIME_DIR: "/tmp",
};

/** Runs a command in a folder, with the servers in place of the network. */
async function run(cwd: string, program: string, ...args: string[]): Promise<string> {
  const path = program === "deno" ? Deno.execPath() : program;
  const command = new Deno.Command(path, { args, cwd, env: environment, stdin: "null" });
  const { success, stdout, stderr } = await command.output();
  const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new Error(`${program} ${args.join(" ")} failed: ${out}${error}`);
  return out;
}

/** Makes a reader's project: an empty folder, the package, some texts. */
async function makeProject(name: string): Promise<string> {
  const project = join(folder, name);
  await Deno.mkdir(project, { recursive: true });
  await run(project, "deno", "add", "--quiet", "jsr:@lsg/core");
  await writeTexts(project);
  // Loaded before the reader's program, which stays as it is.
  await Deno.writeTextFile(
    join(project, "hub.ts"),
    `import { env } from "@lsg/core";\nenv.remoteHost = "http://127.0.0.1:${hub.addr.port}/";\n`,
  );
  return project;
}

/** What runs a program of the project. */
const RUN = ["run", "--allow-all", "--quiet", "--preload", "./hub.ts"];

/** Runs a block in a project. */
async function runBlock(project: string, { page, line, language, text }: CodeBlock): Promise<void> {
  if (language === "ts") {
    // A first line may say where a reader would put it.
    const name = text.match(/^\/\/ (\S+\.ts)\n/)?.[1] ?? `${page.replace(/\W/g, "_")}_${line}.ts`;
    await Deno.writeTextFile(join(project, name), text);
    // What a later command runs is only checked here.
    const isRun = !name.startsWith("app.");
    await run(project, "deno", ...(isRun ? RUN : ["check", "--quiet"]), name);
  }
  if (language === "sh") {
    for (const command of commandsOf(text)) {
      if (leftOutReason(command) === undefined) await run(project, "bash", "-ec", command);
    }
  }
}

await Deno.mkdir(join(folder, "bin"));
// The one that runs this, wherever it is.
await Deno.symlink(Deno.execPath(), join(folder, "bin/deno"));
await Deno.writeTextFile(
  join(folder, "bin/lsg"),
  `#!/bin/sh\nexec deno ${RUN.join(" ")} jsr:@lsg/core/cli "$@"\n`,
  { mode: 0o755 },
);
Deno.test("what would be published is what the tests of the gate look at", () => {
  assertEquals(paths, publishedFiles());
});

Deno.test("Deno: the README's first example, pasted into an empty folder", async () => {
  const project = await makeProject("first");
  const [first] = codeBlocksOf("README.md", readRepositoryFile("README.md"))
    .filter(({ language }) => language === "ts");
  await Deno.writeTextFile(join(project, "main.ts"), first.text);
  await run(project, "deno", "check", "main.ts");
  assertStringIncludes(await run(project, "deno", ...RUN, "main.ts"), '" smile"');
});

Deno.test("command line: deno run jsr:@lsg/core/cli", async () => {
  const project = await makeProject("cli");
  const text = "She looked at him with a <mask> in her eyes.";
  const args = ["fill-mask", "FacebookAI/roberta-base", "--text", text, "--top-k", "1"];
  assertStringIncludes(await run(project, "lsg", ...args), "smile");
});

Deno.test("the examples of what is published run", async () => {
  const project = await makeProject("examples");
  // In place of `deno add jsr:@std/assert`.
  const file = join(project, "deno.json");
  const { imports } = JSON.parse(await Deno.readTextFile(file));
  imports["@std/assert"] = config.imports["@std/assert"];
  await Deno.writeTextFile(file, JSON.stringify({ imports }));
  // A process a folder, whose examples run one after the other.
  const groups: Record<string, string[]> = {};
  for (const path of paths.filter((path) => path.endsWith(".ts"))) {
    for (const [i, example] of examplesOf(readRepositoryFile(path)).entries()) {
      const name = `${path.replace(/\W/g, "_")}_${i}.ts`;
      await Deno.writeTextFile(join(project, name), example);
      // What changes the settings would disturb others.
      const group = path === "hub/env.ts" ? "env" : path.split(/[/.]/)[0];
      (groups[group] ??= []).push(name);
    }
  }
  assert(Object.values(groups).flat().length > 200);
  for (const [group, names] of Object.entries(groups)) {
    const text = names.map((name) => `await import("./${name}");\n`).join("");
    await Deno.writeTextFile(join(project, `${group}_test.ts`), text);
  }
  await run(project, "deno", "test", "--allow-all", "--quiet", "--preload", "./hub.ts");
});

for (const page of PAGES) {
  if (NPM_PAGES.includes(page)) continue;
  Deno.test(`the code of ${page} runs`, async (t) => {
    const project = await makeProject(page.replace(/\W/g, "_"));
    for (const block of codeBlocksOf(page, readRepositoryFile(page))) {
      await t.step(`line ${block.line}: ${block.language}`, () => runBlock(project, block));
    }
  });
}

Deno.test("the servers stop", async () => {
  await Promise.all([jsr.shutdown(), hub.shutdown()]);
  await Deno.remove(folder, { recursive: true });
});
