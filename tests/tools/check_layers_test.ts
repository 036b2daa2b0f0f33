import { assertEquals, assertRejects } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import {
  findCircles,
  findEager,
  findUpward,
  LAYERS,
  readImports,
} from "../../tools/check_layers.ts";
import { withFolder } from "../helpers/with_folder.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** Writes files and finds what is wrong with their imports. */
async function check(files: Record<string, string>): Promise<string[]> {
  let found: string[] = [];
  await withFolder(async (folder) => {
    await write(folder, files);
    const imports = await readImports(folder);
    found = [...findUpward(imports), ...findCircles(imports), ...findEager(imports)];
  });
  return found;
}

async function write(folder: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await Deno.writeTextFile(join(folder, path), text);
  }
}

/** A file that may be imported as a value and as a type. */
const FILE = "export const value = 1;\nexport type Value = number;\n";

Deno.test("a line of LAYERS names only lines above it, and files that there are", async () => {
  const names = Object.keys(LAYERS);
  for (const [i, [name, allowed]] of Object.entries(LAYERS).entries()) {
    assertEquals(allowed.filter((each) => !names.slice(0, i).includes(each)), [], name);
    assertEquals(typeof (await Deno.stat(join(ROOT, name))).size, "number");
  }
});

Deno.test("readImports() reads every form of import, and none in comments and strings", async () => {
  await withFolder(async (folder) => {
    await write(folder, {
      ...Object.fromEntries([..."abcdefgh"].map((name) => [`ops/${name}.ts`, FILE])),
      "ops/data.json": "{}",
      "cpu/all.ts": `// import { value } from "../gpu/comment.ts";
import { value } from "../ops/a.ts";
import type { Value } from "../ops/b.ts";
export * from "../ops/c.ts";
export type { Value as D } from "../ops/d.ts";
import {
  type Value as E,
} from "../ops/e.ts";
import "../ops/f.ts";
type G = import("../ops/g.ts").Value;
const h = await import("../ops/h.ts");
import data from "../ops/data.json" with { type: "json" };
const text = 'import { value } from "../gpu/string.ts";';
`,
      "wasm/assembly/run.ts": 'import { value } from "../../gpu/not_ours_to_check.ts";',
    });
    const imports = await readImports(folder);
    assertEquals(
      imports.map(({ from, line, to, isDynamic, isType }) =>
        [`${from}:${line}`, to, ...isDynamic ? ["dynamic"] : [], ...isType ? ["type"] : []].join(
          " ",
        )
      ),
      [
        "cpu/all.ts:2 ops/a.ts",
        "cpu/all.ts:3 ops/b.ts type",
        "cpu/all.ts:4 ops/c.ts",
        "cpu/all.ts:5 ops/d.ts type",
        "cpu/all.ts:8 ops/e.ts",
        "cpu/all.ts:9 ops/f.ts",
        "cpu/all.ts:10 ops/g.ts type",
        "cpu/all.ts:11 ops/h.ts dynamic",
        "cpu/all.ts:12 ops/data.json",
      ],
    );
  });
});

Deno.test("readImports() refuses files that do not parse, and imports of missing ones", async () => {
  for (const text of ["import { from nowhere", 'import "./missing.ts";']) {
    await assertRejects(() => check({ "base/a.ts": text }), Error, "Cannot read the imports of");
  }
});

Deno.test("imports downwards and within a folder are right", async () => {
  const found = await check({
    "base/a.ts": FILE,
    "ops/b.ts": 'import { value } from "../base/a.ts";\nexport const b = value;',
    "cpu/c.ts": 'import { b } from "../ops/b.ts";\nimport { value } from "./d.ts";\nb + value;',
    "cpu/d.ts": FILE,
    "device.ts": 'export const open = () => import("./cpu/c.ts");',
    "mod.ts": 'export * from "./device.ts";',
    "tests/cpu/c_test.ts": 'import "../../cpu/c.ts";\nimport "../../mod.ts";',
  });
  assertEquals(found, []);
});

Deno.test("an import upwards is found in every form", async () => {
  for (
    const text of [
      'import { value } from "../models/m.ts";',
      'import type { Value } from "../models/m.ts";',
      'export type { Value } from "../models/m.ts";',
      'type V = import("../models/m.ts").Value;',
      'const m = await import("../models/m.ts");',
    ]
  ) {
    assertEquals(await check({ "models/m.ts": FILE, "ops/a.ts": `\n${text}\n` }), [
      "ops/a.ts:2 → models/m.ts: ops may import base, tensor",
    ], text);
  }
});

Deno.test("backends do not import each other, nor what is above operations", async () => {
  for (const from of ["cpu", "wasm", "gpu"]) {
    for (const to of ["cpu", "wasm", "gpu", "attention", "device.ts", "functional"]) {
      if (from === to) continue;
      const file = to.endsWith(".ts") ? to : `${to}/b.ts`;
      const found = await check({ [file]: FILE, [`${from}/a.ts`]: `import "../${file}";` });
      assertEquals(found, [`${from}/a.ts:1 → ${file}: ${from} may import base, tensor, ops`]);
    }
  }
});

Deno.test("a folder that LAYERS does not have is found, as is an import of it", async () => {
  assertEquals(await check({ "base/a.ts": FILE, "new/b.ts": 'import "../base/a.ts";' }), [
    "new/b.ts:1 → base/a.ts: new is not in LAYERS of tools/check_layers.ts",
  ]);
  assertEquals(await check({ "new/b.ts": FILE, "base/a.ts": 'import "../new/b.ts";' }), [
    "base/a.ts:1 → new/b.ts: base may import nothing else of ours",
  ]);
  assertEquals(await check({ "base/a.ts": FILE, "toString/b.ts": 'import "../base/a.ts";' }), [
    "toString/b.ts:1 → base/a.ts: toString is not in LAYERS of tools/check_layers.ts",
  ]);
});

Deno.test("a circle of one, two and three files is found", async () => {
  assertEquals(await check({ "ops/a.ts": '\nimport "./a.ts";' }), [
    "ops/a.ts:2 → ops/a.ts: closes the circle ops/a.ts → ops/a.ts",
  ]);
  assertEquals(await check({ "ops/a.ts": 'import "./b.ts";', "ops/b.ts": '\nimport "./a.ts";' }), [
    "ops/b.ts:2 → ops/a.ts: closes the circle ops/a.ts → ops/b.ts → ops/a.ts",
  ]);
  const three = {
    "ops/a.ts": 'import "./b.ts";',
    "ops/b.ts": 'import "./c.ts";\nimport "./d.ts";',
    "ops/c.ts": 'import "./d.ts";\nimport "./a.ts";',
    "ops/d.ts": FILE,
  };
  assertEquals(await check(three), [
    "ops/c.ts:2 → ops/a.ts: closes the circle ops/a.ts → ops/b.ts → ops/c.ts → ops/a.ts",
  ]);
});

Deno.test("types and dynamic imports close circles too", async () => {
  for (const text of ['import type { A } from "./a.ts";', 'await import("./a.ts");']) {
    const files = {
      "ops/a.ts": 'import "./b.ts";\nexport type A = 1;',
      "ops/b.ts": `${text}\nexport {};`,
    };
    assertEquals(await check(files), [
      "ops/b.ts:1 → ops/a.ts: closes the circle ops/a.ts → ops/b.ts → ops/a.ts",
    ]);
  }
});

Deno.test("two circles through one file are two lines", async () => {
  const files = {
    "ops/a.ts": 'import "./b.ts";\nimport "./c.ts";',
    "ops/b.ts": 'import "./a.ts";',
    "ops/c.ts": 'import "./a.ts";',
  };
  assertEquals(await check(files), [
    "ops/b.ts:1 → ops/a.ts: closes the circle ops/a.ts → ops/b.ts → ops/a.ts",
    "ops/c.ts:1 → ops/a.ts: closes the circle ops/a.ts → ops/c.ts → ops/a.ts",
  ]);
});

Deno.test("a backend that mod.ts loads is found, types and dynamic imports are not", async () => {
  const files = {
    "cpu/a.ts": FILE,
    "gpu/a.ts": FILE,
    "wasm/a.ts": FILE,
    "device.ts": 'import "./cpu/a.ts";\nimport type { Value } from "./gpu/a.ts";\n' +
      'export const open = () => import("./wasm/a.ts");',
    "models/m.ts": 'import "../device.ts";',
    "mod.ts": 'import "./models/m.ts";',
  };
  assertEquals(await check(files), [
    "device.ts:1 → cpu/a.ts: mod.ts loads it; import it dynamically, or its types only",
  ]);
});

Deno.test("the program prints what it finds and fails; it is silent where all is right", async () => {
  await withFolder(async (folder) => {
    const run = () =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", join(ROOT, "tools/check_layers.ts"), folder],
      }).output();
    await write(folder, { "base/a.ts": FILE, "ops/a.ts": 'import "../base/a.ts";' });
    const right = await run();
    assertEquals([right.code, new TextDecoder().decode(right.stderr)], [0, ""]);
    await write(folder, { "base/a.ts": '\nimport "../ops/b.ts";', "ops/b.ts": FILE });
    const wrong = await run();
    assertEquals(wrong.code, 1);
    assertEquals(
      new TextDecoder().decode(wrong.stderr),
      "base/a.ts:2 → ops/b.ts: base may import nothing else of ours\n",
    );
  });
});
