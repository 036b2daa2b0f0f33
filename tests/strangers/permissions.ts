/**
 * The table of docs/permissions.md: each row runs with the flags that it names, and fails without
 * any one of them. A part of `deno task test:strangers`.
 */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { readRepositoryFile, ROOT } from "../helpers/published_files.ts";
import { answerAsHub } from "../helpers/stored_hub.ts";
import { testUnless } from "../helpers/test_unless.ts";

const hub = Deno.serve(
  { port: 0, hostname: "127.0.0.1", onListen() {} },
  ({ url }) => answerAsHub(new URL(url).pathname),
);
const folder = await Deno.makeTempDir();
const cache = join(folder, "home/.cache/lsg");
for (const [from, to] of [["model", "MODEL"], ["passkey_model", "WRITER"]]) {
  await Deno.mkdir(join(folder, to));
  for (const { name } of Deno.readDirSync(new URL(`demo/${from}/`, ROOT))) {
    await Deno.copyFile(new URL(`demo/${from}/${name}`, ROOT), join(folder, to, name));
  }
}
const labelled = ["sea", "ball"].map((label) => JSON.stringify({ text: `a ${label}`, label }));
await Deno.writeTextFile(join(folder, "FILE"), "A <mask> night.\n");
await Deno.writeTextFile(join(folder, "FILE.jsonl"), `${labelled.join("\n")}\n`);

const library = JSON.stringify(new URL("mod.ts", ROOT));
const load = (options: string) => `
  import { AutoTokenizer, env } from ${library};
  env.remoteHost = "http://127.0.0.1:${hub.addr.port}/";
  ${options}
`;
const fromHub = (options: string) =>
  `await AutoTokenizer.from_pretrained("FacebookAI/roberta-base", ${options});`;

/** A program, or arguments of `lsg`, for each row by its first words; a flag may be left out. */
const ROWS: Readonly<Record<string, string | readonly string[]>> = {
  "attention functions": `
    import { openBackend } from ${library};
    using backend = await openBackend("wasm", { threads: 2 });
    if (backend.threads !== 2) throw new Error("one thread");`,
  "`webgpu`": `
    import { openBackend } from ${library};
    using backend = await openBackend("webgpu");`,
  "a tokenizer or a model": `
    import { pipeline } from ${library};
    using unmasker = await pipeline("fill-mask", "./MODEL", { device: "wasm" });
    await unmasker("A <mask>.");`,
  "a model from the hub": load(fromHub("{}")),
  "the same, without a cache": load(`env.useFSCache = false; ${fromHub("{}")}`),
  "the same with another folder": load(fromHub('{ cache_dir: "FOLDER" }')),
  "a model that is in the cache": load(fromHub("{ local_files_only: true }")),
  "`save_pretrained": `
    import { AutoModelForMaskedLM } from ${library};
    using model = await AutoModelForMaskedLM.from_pretrained("./MODEL", { device: "cpu" });
    await model.save_pretrained("OUT");`,
  "`lsg fill-mask": ["fill-mask", "./MODEL", "FILE"],
  "`lsg generate": ["generate", "./WRITER", "FILE", "--max-new-tokens", "2"],
  "`lsg encode": ["encode", "./MODEL", "FILE", "-o", "index.jsonl"],
  "`lsg search": ["search", "index.jsonl", "a night"],
  "`lsg serve": ["serve", "./MODEL", "--port", "0"],
  "`lsg batch": "batch run FILE --task encode --model ./MODEL --out OUT".split(" "),
  "`lsg convert": ["convert", "./MODEL", "OUT", "--max-sequence-length", "1024"],
  "`lsg train": "train ./MODEL --train FILE.jsonl --out OUT --max-steps 1".split(" "),
  "`lsg evaluate": "evaluate ./TRAINED --eval FILE.jsonl".split(" "),
  "`lsg pattern": ["pattern", "lsg", "--tokens", "64", "--json"],
  "private models": `
    import { readVariable } from ${JSON.stringify(new URL("hub/mod.ts", ROOT))};
    if (readVariable("HF_TOKEN") === undefined) throw new Error("Requires HF_TOKEN");`,
};

/** Runs a row's program; returns whether it ended well, and what it printed on standard error. */
async function runRow(row: string | readonly string[], flags: readonly string[]) {
  await Deno.remove(join(folder, "OUT"), { recursive: true }).catch(() => {});
  const program = typeof row === "string" ? ["-"] : [fromFileUrl(new URL("cli.ts", ROOT)), ...row];
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--quiet", "--no-lock", ...flags, "--ext=ts", ...program],
    cwd: folder,
    env: { HOME: join(folder, "home"), HF_TOKEN: "hf_x", NO_COLOR: "1", XDG_RUNTIME_DIR: "/tmp" },
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  if (typeof row === "string") await writer.write(new TextEncoder().encode(row));
  await writer.close();
  let error = "";
  let isServing = false;
  for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) {
    error += text;
    if (isServing || !error.includes('"event":"loaded"')) continue;
    isServing = true;
    process.kill(); // a server ends only then
  }
  return { success: (await process.status).success, error };
}

const table = [...readRepositoryFile("docs/permissions.md").matchAll(/^\| (.*?) +\| (.*?) +\|$/gm)]
  .map(([, what, flags]) => ({ what, flags }))
  .filter(({ what }) => what !== "what" && !what.startsWith("---"));

Deno.test("each row of the table is tried", () => {
  assertEquals(
    table.map(({ what }) => Object.keys(ROWS).filter((start) => what.startsWith(start)).length),
    table.map(() => 1),
  );
  assertEquals(table.length, Object.keys(ROWS).length);
});

const noAdapter = (await runRow(ROWS["`webgpu`"], ["--allow-all"])).success ||
    Deno.env.get("LSG_REQUIRE_WEBGPU") === "1"
  ? undefined
  : "there is no adapter for WebGPU";

for (const { what, flags } of table) {
  const [start, row] = Object.entries(ROWS).find(([start]) => what.startsWith(start))!;
  const reason = start === "`webgpu`" ? noAdapter : undefined;
  testUnless(reason, `permissions: ${what}: ${flags}`, async () => {
    const model = { "`lsg evaluate": "TRAINED", "`lsg generate": "WRITER" }[start] ?? "MODEL";
    const given = [...flags.matchAll(/--allow-[^` ]+/g)].map(([flag]) =>
      flag.replace("CACHE", cache).replace("MODEL", model).replace(/,FILE\b/, ",FILE,FILE.jsonl")
    );
    const whole = await runRow(row, given);
    assert(whole.success, whole.error);
    if (start === "`lsg train") await Deno.rename(join(folder, "OUT"), join(folder, "TRAINED"));
    for (const flag of given) {
      const { success, error } = await runRow(row, given.filter((each) => each !== flag));
      // Without a cache that is not needed there is a warning.
      const [name] = flag.split("=");
      assert(error.includes(name) || !success && error.includes("Requires"), `${flag}: ${error}`);
    }
  });
}

Deno.test("the server stops", async () => {
  await hub.shutdown();
  await Deno.remove(folder, { recursive: true });
});
