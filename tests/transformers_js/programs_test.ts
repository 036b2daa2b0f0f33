/**
 * Programs as they are published for transformers.js, with the import changed, print what
 * transformers.js prints for them (`tools/make_program_goldens.mjs`).
 */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { env, Tensor } from "../../mod.ts";

const golden = new URL("../golden/", import.meta.url);
const { printed }: { printed: Record<string, unknown[]> } = JSON.parse(
  await Deno.readTextFile(new URL("transformers_js_programs.json", golden)),
);
const folder = new URL("programs/", import.meta.url);

/**
 * ONNX Runtime and these models sum in another order: two layers of at most 16 numbers, some sixty
 * roundings of float32 on the way to a result.
 */
const BOUND = 64 * 2 ** -24;

/** What results have here beside the keys that they have there. */
const FURTHER = ["start", "end"];

/** Tensors and bigints as the goldens hold them. */
function plain(value: unknown): unknown {
  if (value instanceof Tensor) {
    return {
      type: value.type,
      dims: value.dims,
      data: Array.from<unknown, number>(value.data, Number),
    };
  }
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

function compare(given: unknown, wanted: unknown, where: string): void {
  if (typeof wanted === "number") {
    assertEquals(typeof given, "number", where);
    const off = Math.abs(Number(given) - wanted);
    assert(off <= BOUND * Math.max(1, Math.abs(wanted)), `${where}: ${given}, wanted ${wanted}`);
  } else if (typeof wanted === "object" && wanted !== null) {
    const keys = Object.keys(Object(given)).filter((key) =>
      key in wanted || !FURTHER.includes(key)
    );
    assertEquals(keys.sort(), Object.keys(wanted).sort(), where);
    for (const [key, value] of Object.entries(wanted)) {
      compare((given as Record<string, unknown>)[key], value, `${where}.${key}`);
    }
  } else assertEquals(given, wanted, where);
}

async function linesOf(program: string): Promise<unknown> {
  const lines: unknown[][] = [];
  const { log } = console;
  console.log = (...values) => lines.push(values);
  try {
    await import(new URL(`${program}.js`, folder).href);
  } finally {
    console.log = log;
  }
  return plain(lines);
}

Deno.test("there is a golden of each program, and each imports this library alone", async () => {
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  assertEquals(files, Object.keys(printed).map((name) => `${name}.js`).sort());
  assert(files.length >= 10);
  for (const file of files) {
    const text = await Deno.readTextFile(new URL(file, folder));
    assertEquals(text.match(/\bfrom ".*"/g), ['from "@lsg/core"'], file);
  }
});

for (const program of Object.keys(printed).filter((name) => name !== "worker")) {
  Deno.test({
    name: `the program ${program} prints what it prints with transformers.js`,
    // Programs keep their models until they end.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      env.localModelPath = fromFileUrl(golden);
      compare(await linesOf(program), printed[program], program);
    },
  });
}

Deno.test("the program worker posts what it posts with transformers.js", async () => {
  const start = `
    import { env } from ${JSON.stringify(import.meta.resolve("../../mod.ts"))};
    env.localModelPath = ${JSON.stringify(fromFileUrl(golden))};
    await import(${JSON.stringify(new URL("worker.js", folder).href)});
    self.postMessage({ status: "listening" });`;
  const url = URL.createObjectURL(new Blob([start], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  const messages: { status: string }[] = [];
  await new Promise<void>((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }) => {
      if (data.status === "listening") return worker.postMessage({ text: "The light was gone." });
      messages.push(data);
      if (data.status === "complete") resolve();
    };
  });
  worker.terminate();
  URL.revokeObjectURL(url);
  const [{ statuses, complete }] = printed.worker as [Record<string, unknown>];
  assertEquals([...new Set(messages.map(({ status }) => status))].sort(), statuses);
  compare(messages.at(-1), complete, "worker");
});
