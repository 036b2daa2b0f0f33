import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { HubServer, readFolder } from "../hub/hub_server.ts";
import { MODEL, withNewFolder } from "./model_memory_io.ts";

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

Deno.test("cli.ts exits with 2 for invalid arguments", async () => {
  const { code, out, err } = await lsg([], ["fil-mask"]);
  assertEquals([code, out], [2, ""]);
  assertStringIncludes(err, "did you mean fill-mask?");
});
