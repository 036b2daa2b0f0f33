import { assertEquals, assertMatch } from "@std/assert";
import { toFileUrl } from "@std/path";
import { bundle } from "../helpers/bundle.ts";
import { findNodeReason } from "../helpers/find_node_reason.ts";
import { testUnless } from "../helpers/test_unless.ts";
import { MODEL } from "./model_memory_io.ts";

testUnless(
  await findNodeReason(),
  "Node ≥ 20 runs the command line, started by its path or a link",
  async () => {
    const folder = await Deno.makeTempDir();
    try {
      await bundle("cli.ts", `${folder}/cli.mjs`);
      await Deno.mkdir(`${folder}/bin`);
      await Deno.symlink("../cli.mjs", `${folder}/bin/lsg`);
      const run = async (...args: string[]) => {
        const { code, stdout, stderr } = await new Deno.Command("node", { args }).output();
        const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
        return { code, out: text(stdout), err: text(stderr) };
      };
      for (const file of [`${folder}/cli.mjs`, `${folder}/bin/lsg`, `${folder}/bin/../cli.mjs`]) {
        const { code, out } = await run(file, "--version");
        assertEquals(code, 0);
        assertMatch(out, /^lsg \d/);
      }
      assertEquals((await run(`${folder}/cli.mjs`, "--halp")).code, 2);
      const args = ["fill-mask", MODEL, "--text", "the <mask>", "--json", "--device", "wasm"];
      const { code, out, err } = await run(`${folder}/cli.mjs`, ...args);
      assertEquals([code, err, JSON.parse(out).length], [0, "", 1]);
      const examples = `${folder}/examples.jsonl`;
      const rows = ["a", "b"].map((label) => `${JSON.stringify({ text: "the river", label })}\n`);
      await Deno.writeTextFile(examples, rows.join(""));
      const train = ["train", MODEL, "--train", examples, "--out", `${folder}/trained`];
      for (const [steps, ...more] of [["1"], ["2", "--resume"]]) {
        const options = ["--device", "wasm", "--logging-steps", "1", "--json", ...more];
        const trained = await run(`${folder}/cli.mjs`, ...train, ...options, "--max-steps", steps);
        assertEquals(trained.code, 0, trained.err);
        assertEquals(JSON.parse(trained.out).steps, Number(steps));
      }
      const script = `import ${JSON.stringify(toFileUrl(`${folder}/cli.mjs`))}`;
      const imported = await run("--input-type=module", "--eval", script);
      assertEquals(imported, { code: 0, out: "", err: "" });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
