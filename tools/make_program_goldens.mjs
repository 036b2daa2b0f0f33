/**
 * What transformers.js prints for the programs in tests/transformers_js/programs, whose import alone
 * is changed.
 *
 * After `npm install --ignore-scripts @huggingface/transformers@4.3.2` in an empty FOLDER and
 * `python tools/export_program_models.py MODELS`:
 * `node tools/make_program_goldens.mjs FOLDER MODELS > tests/golden/transformers_js_programs.json`.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

const [folder, models] = process.argv.slice(2).map((path) => resolve(path));
const library = join(folder, "node_modules/@huggingface/transformers");
const { version } = JSON.parse(readFileSync(join(library, "package.json")));
const programs = fileURLToPath(new URL("../tests/transformers_js/programs/", import.meta.url));
const copies = join(folder, "programs");
mkdirSync(copies, { recursive: true });

// The same module as the programs import.
writeFileSync(
  join(copies, "env.mjs"),
  'export { env, Tensor } from "@huggingface/transformers";\n',
);
const { env, Tensor } = await import(pathToFileURL(join(copies, "env.mjs")).href);
env.localModelPath = `${models}/`;
env.allowRemoteModels = false;

const plain = (value) => {
  if (value instanceof Tensor) {
    return { type: value.type, dims: value.dims, data: Array.from(value.data, Number) };
  }
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
};

const { log } = console;
const printed = {};

/** A worker's global scope: the program adds a listener, and posts messages. */
async function runWorker(load) {
  const messages = [];
  let listen;
  globalThis.self = {
    addEventListener: (_, listener) => listen = listener,
    postMessage: (data) => messages.push(data),
  };
  await load();
  await listen({ data: { text: "The light was gone." } });
  const statuses = [...new Set(messages.map(({ status }) => status))].sort();
  return [{ statuses, complete: messages.at(-1) }];
}

for (const file of readdirSync(programs).sort()) {
  const name = file.replace(/\.js$/, "");
  const text = readFileSync(join(programs, file), "utf8");
  const copy = join(copies, `${name}.mjs`);
  writeFileSync(copy, text.replace('from "@lsg/core"', 'from "@huggingface/transformers"'));
  const load = () => import(pathToFileURL(copy).href);
  const lines = [];
  console.log = (...values) => lines.push(values);
  printed[name] = plain(name === "worker" ? await runWorker(load) : (await load(), lines));
  console.log = log;
}

const metadata = {
  made_by: "tools/export_program_models.py, tools/make_program_goldens.mjs",
  transformers_js: version,
};
const entries = Object.entries(printed).map(([name, lines]) =>
  `    ${JSON.stringify(name)}: [\n${
    lines.map((line) => `      ${JSON.stringify(line)}`).join(",\n")
  }\n    ]`
);
log(
  `{\n  "metadata": ${JSON.stringify(metadata)},\n  "printed": {\n${entries.join(",\n")}\n  }\n}`,
);
process.exit(0);
