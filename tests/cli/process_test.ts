import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { HubServer, readFolder } from "../hub/hub_server.ts";
import { MODEL, taskModel, withNewFolder } from "./model_memory_io.ts";

const CLI = fromFileUrl(new URL("../../cli.ts", import.meta.url));

/** Runs cli.ts in a process with only the given permissions. */
async function lsg(permissions: string[], args: string[], stdin = "") {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...permissions, CLI, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    // Without this folder graphics drivers print warnings to standard error.
    env: { NO_COLOR: "1", XDG_RUNTIME_DIR: Deno.env.get("XDG_RUNTIME_DIR") ?? "/tmp" },
  }).spawn();
  const writer = process.stdin.getWriter();
  // A command that does not read may have ended already.
  await writer.write(new TextEncoder().encode(stdin)).then(() => writer.close()).catch(() => {});
  const { code, stdout, stderr } = await process.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

Deno.test("cli.ts --help needs no permission", async () => {
  const { code, out, err } = await lsg([], ["--help"]);
  assertEquals([code, err], [0, ""]);
  assertStringIncludes(out, "fill-mask");
});

Deno.test("cli.ts fill-mask needs only the permission to read the model", async () => {
  const args = ["fill-mask", MODEL, "--json", "--top-k", "1"];
  const { code, out, err } = await lsg([`--allow-read=${MODEL}`], args, "the <mask> ran\n");
  assertEquals([code, err], [0, ""]);
  const [[{ score, sequence }]] = JSON.parse(out);
  assert(score > 0 && score < 1);
  assertEquals(sequence, "theg ran");
});

Deno.test("cli.ts summarize needs only the permission to read the model", async () => {
  const model = taskModel("bart");
  const args = ["summarize", model, "--device", "wasm", "--max-new-tokens", "9"];
  const { code, out, err } = await lsg([`--allow-read=${model}`], args, "the old house\n");
  assertEquals([code, err], [0, ""]);
  assert(out.trim().length > 0 && out.endsWith("\n"), out);
});

Deno.test("cli.ts names a missing permission, without a stack trace", () =>
  withNewFolder(async (folder) => {
    const reading = await lsg([], ["fill-mask", MODEL], "the <mask>");
    assertEquals([reading.code, reading.out], [1, ""]);
    assertStringIncludes(reading.err, "--allow-read");
    const writing = await lsg(["--allow-read"], ["convert", MODEL, folder]);
    assertEquals([writing.code, writing.out], [1, ""]);
    assertStringIncludes(writing.err, "--allow-write");
    for (const { err } of [reading, writing]) assert(!/^\s+at /m.test(err), err);
  }));

Deno.test("cli.ts convert needs only to read the model and to write its folder", () =>
  withNewFolder(async (folder) => {
    const permissions = [`--allow-read=${MODEL},${folder}`, `--allow-write=${folder}`];
    const { code, err } = await lsg(permissions, ["convert", MODEL, folder]);
    assertEquals([code, err], [0, ""]);
  }));

Deno.test("cli.ts needs only one host and the cache for a model on a server", () =>
  withNewFolder(async (cache) => {
    await using server = new HubServer(await readFolder("small", MODEL));
    const args = ["fill-mask", `${server.url}small`, "--cache-dir", cache, "--text=the <mask>"];
    const disk = [`--allow-read=${cache}`, `--allow-write=${cache}`];
    const refused = await lsg(disk, args);
    assertEquals([refused.code, refused.out], [1, ""]);
    assertStringIncludes(refused.err, `run again with --allow-net=${server.host}`);
    assertEquals(refused.err.split("\n").length, 2);
    const { code, err } = await lsg([...disk, `--allow-net=${server.host}`], args);
    assertEquals([code, err], [0, ""]);
    const offline = await lsg(disk, [...args, "--local-files-only"]);
    assertEquals([offline.code, offline.err], [0, ""]);
  }));

Deno.test("cli.ts exits silently if the reader closes the pipe", async () => {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", CLI, "pattern", "full", "--tokens", "400"],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await process.stdout.cancel();
  const { code } = await process.status;
  const err = await new Response(process.stderr).text();
  assertEquals([code, err], [0, ""]);
});

/** Runs a line of the shell in which `lsg` is cli.ts. */
async function shell(line: string) {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", `lsg() { "$DENO" run --quiet --no-prompt -A "$CLI" "$@"; }; ${line}`],
    env: {
      DENO: Deno.execPath(),
      CLI,
      MODEL,
      NO_COLOR: "1",
      XDG_RUNTIME_DIR: Deno.env.get("XDG_RUNTIME_DIR") ?? "/tmp",
    },
    signal: AbortSignal.timeout(20_000),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

Deno.test("cli.ts exits with 1 if its output cannot be written", async () => {
  const full = "Cannot write standard output: the disk is full\n";
  for (const args of ["encode $MODEL --text the --json", "encode --help", "pattern --tokens 64"]) {
    const { code, err } = await shell(`lsg ${args} > /dev/full`);
    assertEquals([code, err], [1, `lsg ${args.split(" ")[0]}: ${full}`]);
  }
  assertEquals(await shell("lsg --help > /dev/full"), { code: 1, out: "", err: `lsg: ${full}` });
  assertEquals((await shell("lsg --halp 2> /dev/full")).code, 2);
});

Deno.test("cli.ts reads what the shell opens for it, but no folder and nothing without an end", async () => {
  const fill = "fill-mask $MODEL --json";
  const { out } = await shell(`lsg ${fill} --text '<mask>'`);
  for (const input of ["/dev/stdin", "-", "/dev/fd/3 3<&0", ""]) {
    const found = await shell(`echo '<mask>' | lsg ${fill} ${input}`);
    assertEquals(found, { code: 0, out, err: "" }, input);
  }
  const args = "encode $MODEL --json";
  const folder = await shell(`lsg ${args} < /tmp`);
  assertEquals([folder.code, folder.out], [1, ""]);
  assertStringIncludes(folder.err, "Cannot read standard input: it is a folder");
  for (const input of ["< /dev/zero", "/dev/fd/3 3< /dev/zero"]) {
    const { code, out, err } = await shell(`lsg ${args} ${input}`);
    assertEquals([code, out], [1, ""]);
    assertStringIncludes(err, "it has more than 10000000 bytes");
  }
});

Deno.test("cli.ts encode -o does not overwrite what it reads", () =>
  withNewFolder(async (folder) => {
    await Deno.mkdir(folder);
    await Deno.writeTextFile(`${folder}/text.jsonl`, "the river");
    const run = (args: string) => shell(`cd ${folder}; ${args}`);
    for (
      const args of [
        "text.jsonl -o text.jsonl",
        "-o ./text.jsonl < text.jsonl",
        "/dev/stdin -o text.jsonl < text.jsonl",
      ]
    ) {
      const { code, out, err } = await run(`lsg encode $MODEL ${args}`);
      assertEquals([code, out], [2, ""], args);
      assertStringIncludes(err, "it is the text that is read");
    }
    assertEquals(await Deno.readTextFile(`${folder}/text.jsonl`), "the river");
    const vectors = "text.jsonl -o vectors.safetensors";
    assertEquals((await run(`lsg encode $MODEL ${vectors} < text.jsonl`)).code, 0);
    assertEquals((await run(`lsg encode $MODEL ${vectors}`)).code, 0);
    const copied = await run("cp -r $MODEL m; lsg encode m text.jsonl -o m/model.safetensors");
    assertEquals(copied.code, 2);
    assertStringIncludes(copied.err, "it is a file of the model");
    assertEquals((await run("cmp m/model.safetensors $MODEL/model.safetensors")).code, 0);
    const { code, out, err } = await run(
      "lsg encode m text.jsonl -o - | cmp - vectors.safetensors",
    );
    assertEquals([code, out, err], [0, "", "1 passage\n"]);
  }));

Deno.test("cli.ts that is interrupted leaves no output", () =>
  withNewFolder(async (folder) => {
    await Deno.mkdir(folder);
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", CLI, "encode", MODEL, "-o", `${folder}/vectors.npy`, "-"],
      stdin: "piped",
      stderr: "null",
    }).spawn();
    // It waits for the text by then, or does not run yet.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    process.kill("SIGINT");
    const { success, signal } = await process.status;
    assertEquals([success, signal], [false, "SIGINT"]);
    await process.stdin.close();
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  }));

Deno.test("cli.ts chat needs only to read the model; Ctrl-C stops an answer, not the program", async () => {
  const model = taskModel("llama_chat");
  const args = ["chat", model, "--device", "wasm", "--threads", "1", "--max-new-tokens", "90000"];
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", `--allow-read=${model}`, CLI, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const input = process.stdin.getWriter();
  const output = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  await input.write(new TextEncoder().encode("Who left Bath?\n"));
  let text = (await output.read()).value!;
  process.kill("SIGINT");
  while (!text.endsWith("\n")) text += (await output.read()).value!;
  await input.write(new TextEncoder().encode("/exit\n"));
  await input.close();
  assertEquals((await output.read()).done, true);
  assertEquals((await process.status).code, 0);
});

Deno.test("cli.ts escapes control characters of files and arguments", () =>
  withNewFolder(async (folder) => {
    await Deno.mkdir(folder);
    for (const name of ["config.json", "tokenizer.json", "tokenizer_config.json"]) {
      await Deno.copyFile(`${MODEL}/${name}`, `${folder}/${name}`);
    }
    const name = "\u001b]0;title\u0007\u009b31m\u202e";
    const header = new TextEncoder().encode(JSON.stringify({ [name]: { dtype: "F31" } }));
    const bytes = new Uint8Array(8 + header.length);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
    bytes.set(header, 8);
    await Deno.writeFile(`${folder}/model.safetensors`, bytes);
    const unsafe = /[^\P{Cc}\n]|\p{Cf}/u;
    for (
      const [args, code] of [
        [["fill-mask", folder, "--text", "the <mask>"], 1],
        [["fill-mask", MODEL, `${folder}/${name}`], 1],
        [["encode", `${folder}/${name}`, "--text", "the"], 1],
        [[name], 2],
        [[`--${name}`], 2],
        [["encode", MODEL, `--${name}`], 2],
        [["encode", MODEL, "--device", name], 2],
        [["pattern", name], 2],
        [["fill-mask", MODEL, "--text", `${name} <mask>`, "--json"], 0],
        [["fill-mask", MODEL, "--text", "<mask>", "--targets", name, "--json"], 0],
        [["convert", MODEL, `${folder}/${name}`], 0],
      ] as const
    ) {
      const result = await lsg(["-A"], [...args]);
      assertEquals(result.code, code, result.err);
      assert(!unsafe.test(result.out + result.err), JSON.stringify(result));
    }
  }));

Deno.test("cli.ts names its own options and lines", async () => {
  const long = await shell("yes the | head -n 600 | lsg encode $MODEL");
  assertEquals([long.code, long.out], [1, ""]);
  assertStringIncludes(long.err, "Cannot run the text: it has 1201 tokens");
  assertStringIncludes(long.err, "wanted --truncation, or");
  const words = "the ".repeat(600);
  const second = await shell(`printf 'the\\n${words}\\n' | lsg encode $MODEL --lines --json`);
  assertEquals([second.code, second.out], [1, ""]);
  assertStringIncludes(second.err, "Cannot run line 2: it has ");
});

Deno.test("cli.ts exits with 2 for invalid arguments", async () => {
  const { code, out, err } = await lsg([], ["fil-mask"]);
  assertEquals([code, out], [2, ""]);
  assertStringIncludes(err, "did you mean fill-mask?");
});
