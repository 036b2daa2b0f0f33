/** Files that lsg encode reads and writes, and runs that are interrupted. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { UsageError } from "../../cli/arguments.ts";
import { runEncode } from "../../cli/encode.ts";
import { listInputs } from "../../cli/encode_inputs.ts";
import { EncodePart } from "../../cli/encode_part.ts";
import { processModelIo } from "../../cli/model_io.ts";
import { FeatureExtractionPipeline } from "../../pipelines/mod.ts";
import { withFolder } from "../helpers/with_folder.ts";
import { parseLines } from "./memory_io.ts";
import { MODEL, ModelMemoryIo } from "./model_memory_io.ts";

/** Files of the disk, and streams in memory. */
class DiskIo extends ModelMemoryIo {
  readonly disk = processModelIo();

  override streamText(path: string): AsyncGenerator<string> {
    return path === "-" ? super.streamText(path) : this.disk.streamText(path) as never;
  }

  override readFile(path: string): Promise<string> {
    return path === "-" ? super.readFile(path) : this.disk.readFile(path);
  }

  override writeBytes(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    return this.disk.writeBytes(path, chunks);
  }
}

async function encode(args: string[], io = new DiskIo()) {
  return { code: await runEncode([MODEL, ...args], io), out: io.out, err: io.err };
}

/** Counts the texts that the model reads meanwhile. */
async function countTexts(run: () => Promise<unknown>): Promise<number> {
  const { _embed } = FeatureExtractionPipeline.prototype;
  let count = 0;
  FeatureExtractionPipeline.prototype._embed = function (texts, options) {
    count += texts.length;
    return _embed.call(this, texts, options);
  };
  try {
    await run();
  } finally {
    FeatureExtractionPipeline.prototype._embed = _embed;
  }
  return count;
}

Deno.test("a file of the name stdin is not taken for standard input", async () => {
  const message = "wanted ./stdin";
  await assertRejects(() => listInputs(["-", "stdin"]), UsageError, message);
  await assertRejects(() => listInputs(["stdin", "-"]), UsageError, message);
  await assertRejects(() => listInputs(["-", "/dev/stdin"]), UsageError, "twice");
});

Deno.test("lsg encode reads the texts of folders, and leaves out what is none", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/texts/sub`, { recursive: true });
    const write = (name: string, text: string | Uint8Array) =>
      Deno.writeFile(
        `${folder}/texts/${name}`,
        typeof text === "string" ? new TextEncoder().encode(text) : text,
      );
    await write("b.txt", "the river\n");
    await write("a.txt", "the old house");
    await write("empty.txt", "");
    await write("sub/c.md", "ran past");
    await write(".hidden", "no");
    await write("picture.bin", Uint8Array.of(1, 0, 2));
    await write("latin.txt", Uint8Array.of(0xe9, 0x20));
    await Deno.symlink("nowhere", `${folder}/texts/broken`);
    const { code, out, err } = await encode([
      `${folder}/texts/`,
      `${folder}/texts/a.txt`,
      "--json",
    ]);
    assertEquals(code, 0);
    const rows = parseLines(out).map(({ id, text }) => [id.slice(folder.length + 7), text]);
    assertEquals(rows, [
      ["a.txt", "the old house"],
      ["b.txt", "the river"],
      ["sub/c.md", "ran past"],
    ]);
    const warnings = err.trimEnd().split("\n").map((line) => line.replace(`${folder}/texts/`, ""));
    assertEquals(warnings, [
      "Warning: empty.txt is left out: it is empty",
      "Warning: latin.txt is left out: it is not UTF-8 text",
      "Warning: picture.bin is left out: it is not text",
    ]);
    // A file that is named must be a text.
    const binary = await encode([`${folder}/texts/latin.txt`, "--json"]);
    assertEquals([binary.code, binary.out], [1, ""]);
    assertStringIncludes(binary.err, "latin.txt: it is not UTF-8 text");
    await Deno.mkdir(`${folder}/none`);
    // A file that is named is a document, whatever it holds.
    const empty = await encode([`${folder}/texts/empty.txt`, "--json"]);
    assertEquals([empty.code, parseLines(empty.out)[0].text], [0, ""]);
    const none = await encode([`${folder}/none`]);
    assertStringIncludes(none.err, "the folder has no files");
  }));

Deno.test("lsg encode does not read the file that it writes, nor one that vanishes", () =>
  withFolder(async (folder) => {
    for (const name of ["a.txt", "b.txt"]) await Deno.writeTextFile(`${folder}/${name}`, "the");
    const args = [folder, "-o", `${folder}/index.npy`];
    assertEquals((await encode(args)).out, `Wrote ${folder}/index.npy: 2 passages\n`);
    assertEquals(await encode(args), {
      code: 0,
      out: `Wrote ${folder}/index.npy: 2 passages\n`,
      err: "",
    });
    const io = new DiskIo();
    io.readFile = async (path) => {
      await Deno.remove(`${folder}/b.txt`).catch(() => {});
      return await io.disk.readFile(path);
    };
    const { code, out, err } = await encode([folder, "-o", `${folder}/index.jsonl`], io);
    assertEquals([code, out], [0, `Wrote ${folder}/index.jsonl: 2 passages\n`]);
    assertStringIncludes(err, "b.txt is left out: it is there no more");
    const named = await encode([`${folder}/b.txt`]);
    assertEquals(named.code, 1);
    assertStringIncludes(named.err, "there is no such file");
  }));

Deno.test("lsg encode --window divides documents, whose passages are those of their text", () =>
  withFolder(async (folder) => {
    const text = `  ${"the river ran past the old house. ".repeat(30)}\n\n`;
    await Deno.writeTextFile(`${folder}/long.txt`, text);
    const args = ["--window", "40", "--overlap", "10", "--json", `${folder}/long.txt`];
    const { code, out } = await encode(args);
    assertEquals(code, 0);
    const rows = parseLines(out);
    assert(rows.length > 10, `${rows.length}`);
    let end = 2;
    for (const [i, row] of rows.entries()) {
      assertEquals(row.id, `${folder}/long.txt#${i + 1}`);
      assertEquals(row.text, text.slice(row.start, row.end));
      assertEquals(row.text.trim(), row.text);
      assert(row.tokens <= 40 && row.start < end + 1 && row.end > end, JSON.stringify(row));
      // Between words.
      assert(/\s/.test(text[row.start - 1]) && /\s/.test(text[row.end]), row.text);
      end = row.end;
    }
    assertEquals(end, text.trimEnd().length);
    const alone = parseLines((await encode(["--text", rows[3].text, "--json"])).out)[0];
    assertEquals(alone.tokens, rows[3].tokens);
  }));

/** Lines of which 1,024 make a block. */
const linesOf = (length: number) =>
  Array.from({ length }, (_, i) => `the river ${i % 7}\n`).join("");
const LINES = linesOf(2100);
const FEW = linesOf(1100);

for (const name of ["index.jsonl", "index.npy", "index.parquet", "index.safetensors"]) {
  Deno.test(`lsg encode -o ${name} goes on where it was interrupted, with the same bytes`, () =>
    withFolder(async (folder) => {
      const outputs = name.endsWith(".npy") ? [name, "index.ids.jsonl"] : [name];
      const read = (at: string) => outputs.map((file) => Deno.readFileSync(`${at}/${file}`));
      await Deno.mkdir(`${folder}/whole`);
      await Deno.writeTextFile(`${folder}/lines.txt`, FEW);
      const args = [`${folder}/lines.txt`, "--lines", "-o"];
      assertEquals(await countTexts(() => encode([...args, `${folder}/whole/${name}`])), 1100);

      const broken = new DiskIo();
      broken.streamText = async function* () {
        yield FEW.slice(0, FEW.length - 20);
        throw new Error("the disk is gone");
      };
      const output = `${folder}/${name}`;
      const first = await encode([...args, output], broken);
      assertEquals([first.code, first.out], [1, ""]);
      const part = EncodePart.pathOf(output);
      // The last block may have been half written.
      Deno.writeTextFileSync(part, "half of a block", { append: true });
      let second = first;
      const count = await countTexts(async () => second = await encode([...args, output]));
      assertEquals([second.code, count], [0, 1100 - 1024]);
      assertEquals(second.err, `Going on after 1024 passages, which are in ${part}\n`);
      assertEquals(read(folder), read(`${folder}/whole`));
      assertEquals([...Deno.readDirSync(folder)].length, 2 + outputs.length);
    }));
}

Deno.test("lsg encode prints passages before it has read all lines", async () => {
  const io = new DiskIo();
  io.streamText = async function* () {
    for (;;) yield await Promise.resolve("the river\n".repeat(100));
  };
  const lines: string[] = [];
  io.stdout = (line) => {
    lines.push(line);
    // As `head` closes the pipe.
    if (lines.length < 20) return Promise.resolve();
    return Promise.reject(Object.assign(new Error("closed"), { code: "EPIPE" }));
  };
  assertEquals((await encode(["--lines", "--json"], io)).code, 0);
  assertEquals(lines.map((line) => JSON.parse(line).id).at(-1), "stdin:20");
});

Deno.test("lsg encode goes on with the same model, options and texts only", () =>
  withFolder(async (folder) => {
    const output = `${folder}/index.jsonl`;
    const lines = (text: string) => {
      const io = new DiskIo();
      io.files.set("-", text);
      return io;
    };
    /** Leaves a part of two blocks. */
    const interrupt = async () => {
      const io = lines(LINES);
      io.writeBytes = () => Promise.reject(new Error("the disk is gone"));
      assertEquals((await encode(["--lines", "-o", output], io)).code, 1);
    };
    await interrupt();
    for (
      const [option, named] of [[["--pooling", "max"], "encoder"], [["--window", "8"], "window"]]
    ) {
      const other = await encode(["--lines", "-o", output, ...option], lines(LINES));
      assertEquals(other.code, 1);
      assertStringIncludes(
        other.err,
        `it was begun with another ${named}; remove it to begin anew`,
      );
    }
    // The second block has another text: it and all behind it are encoded again.
    const changed = LINES.split("\n").with(1500, "another").join("\n");
    const count = await countTexts(() => encode(["--lines", "-o", output], lines(changed)));
    assertEquals(count, 2100 - 1024);
    const rows = parseLines(await Deno.readTextFile(output));
    assertEquals([rows.length, rows[1500].text], [2100, "another"]);
    await Deno.writeTextFile(EncodePart.pathOf(output), "something else\n");
    const foreign = await encode(["--lines", "-o", output], lines(LINES));
    assertStringIncludes(foreign.err, "it is not a part of an encoding");
  }));

Deno.test("lsg encode that is killed goes on, with the same bytes", () =>
  withFolder(async (folder) => {
    const many = LINES.repeat(4);
    await Deno.writeTextFile(`${folder}/lines.txt`, many);
    const output = `${folder}/index.npy`;
    const args = [MODEL, `${folder}/lines.txt`, "--lines", "-o", output];
    const cli = fromFileUrl(new URL("../../cli.ts", import.meta.url));
    const run = (...more: string[]) =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "-A", cli, "encode", ...args, "--threads", "1", ...more],
        stderr: "piped",
        stdout: "null",
      }).spawn();
    for (const [signal, bytes] of [["SIGKILL", 200_000], ["SIGINT", 450_000]] as const) {
      const process = run();
      const part = EncodePart.pathOf(output);
      const size = () => Deno.lstat(part).then(({ size }) => size, () => 0);
      while (await size() < bytes) await new Promise((resolve) => setTimeout(resolve, 5));
      process.kill(signal);
      assertEquals((await process.output()).signal, signal);
      assert(
        !(await Array.fromAsync(Deno.readDir(folder))).some(({ name }) => name === "index.npy"),
      );
    }
    const { code, stderr } = await run().output();
    assertEquals(code, 0);
    const [, kept] = new TextDecoder().decode(stderr).match(/^Going on after (\d+) passages/)!;
    assert(Number(kept) >= 2048, kept);
    const read = () =>
      ["npy", "ids.jsonl"].map((end) => Deno.readFileSync(`${folder}/index.${end}`));
    const found = read();
    assertEquals((await run().output()).code, 0);
    assertEquals(found, read());
  }));
