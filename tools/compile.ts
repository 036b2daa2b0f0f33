/**
 * `deno task compile`: builds `lsg` as a program of one file, which needs no Deno, in `compiled/`.
 *
 * The scripts are bundled first: `deno compile` would add every package of the lock file, those of
 * the tests among them.
 *
 * @module
 */
import { join } from "@std/path";
import { ROOT, runProgram } from "./npm_tools.ts";

/** Most bytes of the program beyond an empty one. */
const MAX_BYTES = 5_000_000;

/** Packages that the program may hold. */
const PACKAGES = [
  "@hono/node-server",
  "@hono/swagger-ui",
  "@hono/zod-openapi",
  "@huggingface/jinja",
  "bullmq",
  "hono",
  "hyparquet",
  "hyparquet-compressors",
  "hyparquet-writer",
  "ioredis",
  "prom-client",
];

/** As in `deno task lsg`; packages of the queue read variables of many names. */
const PERMISSIONS = [
  "--no-prompt",
  "--allow-read",
  "--allow-write",
  "--allow-net",
  "--allow-env",
];

const deno = (args: readonly string[], cwd: string, env: Record<string, string> = {}) =>
  runProgram(Deno.execPath(), args, cwd, env);

/** The module of a model's thread, which is started by its URL. */
const THREAD = "hosting/model_thread";

/** Refuses packages that only the tests need. */
async function checkPackages(): Promise<void> {
  const { modules } = JSON.parse(await deno(["info", "--json", "cli.ts"], ROOT));
  const names = (modules as { kind?: string; npmPackage?: string }[])
    .filter(({ kind }) => kind === "npm")
    .map(({ npmPackage = "" }) => npmPackage.replace(/(?<=.)@.*$/, ""));
  const others = names.filter((name) => !PACKAGES.includes(name));
  if (others.length > 0) throw new Error(`cli.ts imports ${others.join(", ")}`);
}

/** Compiles a script, and returns the program's length. */
async function compile(
  script: string,
  output: string,
  cwd: string,
  env: Record<string, string>,
  more: readonly string[] = [],
): Promise<number> {
  const options = ["--quiet", "--no-config", "--no-lock", "--no-check", ...PERMISSIONS];
  const args = ["compile", ...options, ...more];
  await deno([...args, "--output", output, script], cwd, env);
  const found = [output, `${output}.exe`].find(exists)!;
  return (await Deno.stat(found)).size;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Runs what must work with the embedded model: help, threads, a file that is written and read. */
async function tryOut(run: (args: readonly string[]) => Promise<string>, folder: string) {
  const model = join(ROOT, "demo/model");
  const help = await run(["--help"]);
  if (!help.startsWith("lsg COMMAND")) throw new Error(`lsg --help printed ${help}`);
  const text = "She looked at him with a <mask> in her eyes.";
  const options = ["--device", "wasm", "--threads", "2", "--top-k", "1", "--json"];
  const [[{ token_str }]] = JSON.parse(
    await run(["fill-mask", model, "--text", text, ...options]),
  );
  if (token_str !== " smile") throw new Error(`lsg fill-mask found ${token_str}`);
  const index = join(folder, "index.parquet");
  await run(["encode", model, join(ROOT, "LICENSE"), "--window", "64", "--output", index]);
  const found = JSON.parse(await run(["search", index, "warranty", "--top-k", "1", "--json"]));
  if (!found.id.includes("LICENSE#")) throw new Error(`lsg search found ${found.id}`);
  const out = join(folder, "batch");
  const plan = ["--task", "encode", "--model", model, "--out", out, "--result", "parquet"];
  const did = await run(["batch", "run", join(ROOT, "LICENSE"), ...plan]);
  if (!did.startsWith("Did 1 document")) throw new Error(`lsg batch run printed ${did}`);
}

if (import.meta.main) {
  await checkPackages();
  const folder = await Deno.makeTempDir();
  try {
    const bundle = join(folder, "scripts");
    const options = ["--quiet", "--platform", "deno", "--minify", "--code-splitting"];
    await deno(["bundle", ...options, "--outdir", bundle, "cli.ts", `${THREAD}.ts`], ROOT);
    // Whatever script starts the thread looks beside itself.
    const thread = join(bundle, "model_thread.js");
    await Deno.writeTextFile(thread, `import "./${THREAD}.js";\n`);
    await Deno.writeTextFile(join(folder, "empty.js"), "");
    const script = join(bundle, "cli.js");
    let program = join(ROOT, "compiled", "lsg");
    let env: Record<string, string> = {};
    let empty: number;
    try {
      empty = await compile("empty.js", join(folder, "empty"), folder, env);
    } catch (error) {
      const [reason] = (error as Error).message.match(/error sending request[^\n]*/) ?? [];
      if (reason === undefined) throw error;
      console.log(`The runtime of compiled programs cannot be had: ${reason}`);
      console.log("So Deno itself stands in for it: sizes are right, but the program cannot run.");
      env = { DENORT_BIN: Deno.execPath() };
      program = join(folder, "lsg");
      empty = await compile("empty.js", join(folder, "empty"), folder, env);
    }
    const size = await compile(script, program, folder, env, ["--include", thread]);
    const isReal = env.DENORT_BIN === undefined;
    await tryOut(
      (args) =>
        isReal ? runProgram(program, args, folder) : deno(
          ["run", "--no-config", "--no-remote", "--no-npm", ...PERMISSIONS, script, ...args],
          folder,
        ),
      folder,
    );
    console.log(isReal ? `${program} works` : "The scripts that it holds work in an empty folder");
    const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
    console.log(
      `An empty program has ${megabytes(empty)}, lsg ${megabytes(size)}: ` +
        `${megabytes(size - empty)} more, at most ${megabytes(MAX_BYTES)}`,
    );
    if (size - empty > MAX_BYTES) Deno.exitCode = 1;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
