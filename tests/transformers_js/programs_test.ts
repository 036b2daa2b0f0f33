/**
 * Programs as they are published for transformers.js, with the import changed, print what
 * transformers.js prints for them (`tools/make_program_goldens.mjs`).
 */
import { assert, assertEquals } from "@std/assert";
import { env } from "../../mod.ts";
import { assertPrinted, MODELS, plain, PRINTED, PROGRAMS } from "./printed.ts";

async function linesOf(program: string): Promise<unknown> {
  const lines: unknown[][] = [];
  const { log } = console;
  console.log = (...values) => lines.push(values);
  try {
    await import(new URL(`${program}.js`, PROGRAMS).href);
  } finally {
    console.log = log;
  }
  return plain(lines);
}

Deno.test("there is a golden of each program, and each imports this library alone", async () => {
  const files = [...Deno.readDirSync(PROGRAMS)].map(({ name }) => name).sort();
  assertEquals(files, Object.keys(PRINTED).map((name) => `${name}.js`).sort());
  assert(files.length >= 10);
  for (const file of files) {
    const text = await Deno.readTextFile(new URL(file, PROGRAMS));
    assertEquals(text.match(/\bfrom ".*"/g), ['from "@lsg/core"'], file);
  }
});

for (const program of Object.keys(PRINTED).filter((name) => name !== "worker")) {
  Deno.test({
    name: `the program ${program} prints what it prints with transformers.js`,
    // Programs keep their models until they end.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      env.localModelPath = MODELS;
      assertPrinted(await linesOf(program), PRINTED[program], program);
    },
  });
}

Deno.test("the program worker posts what it posts with transformers.js", async () => {
  const start = `
    import { env } from ${JSON.stringify(import.meta.resolve("../../mod.ts"))};
    env.localModelPath = ${JSON.stringify(MODELS)};
    await import(${JSON.stringify(new URL("worker.js", PROGRAMS).href)});
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
  const [{ statuses, complete }] = PRINTED.worker as [Record<string, unknown>];
  assertEquals([...new Set(messages.map(({ status }) => status))].sort(), statuses);
  assertPrinted(messages.at(-1), complete, "worker");
});
