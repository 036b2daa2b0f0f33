import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { parseArguments, UsageError } from "../../cli/arguments.ts";
import { CHECKPOINT_OPTIONS, requireModel, withCheckpoint } from "../../cli/checkpoint_options.ts";
import { runConvert } from "../../cli/convert.ts";
import { runEncode } from "../../cli/encode.ts";
import { runSearch } from "../../cli/search.ts";
import { runFillMask } from "../../cli/fill_mask.ts";
import { readText } from "../../checkpoint/source.ts";
import { HubServer, readFolder, withCache } from "../hub/hub_server.ts";
import { withEnv } from "../hub/with_env.ts";
import { parseLines } from "./memory_io.ts";
import { MODEL, ModelMemoryIo } from "./model_memory_io.ts";
import "../helpers/quiet_reference.ts";

/** Reads `config.json` as a command with these arguments does. */
function read(io: ModelMemoryIo, checkpoint: string, args: string[]) {
  const command = { name: "try", summary: "", options: CHECKPOINT_OPTIONS };
  const { values } = parseArguments(command, args)!;
  return withCheckpoint(io, checkpoint, values, (source) => readText(source, "config.json"));
}

async function withHub(
  test: (server: HubServer, cache: string) => Promise<void>,
  commit?: string,
): Promise<void> {
  await using server = new HubServer(await readFolder("owner/small", MODEL), { commit });
  await withCache((cache) => withEnv({ remoteHost: server.url }, () => test(server, cache)));
}

Deno.test("requireModel() requires a checkpoint", () => {
  assertEquals(requireModel("encode", "folder"), "folder");
  assertThrows(() => requireModel("encode", undefined), UsageError, "lsg encode");
  assertThrows(() => requireModel("encode", ""), UsageError, "MODEL");
});

Deno.test("withCheckpoint() passes on revision, cache and token", () =>
  withHub(async (server, cache) => {
    const args = ["--revision=v1", `--cache-dir=${cache}`, "--token", "hf_given"];
    const text = await read(new ModelMemoryIo(), "owner/small", args);
    assertEquals(text, await Deno.readTextFile(`${MODEL}/config.json`));
    const [{ path, authorization }] = server.requests;
    assertEquals([path, authorization], ["owner/small/resolve/v1/config.json", "Bearer hf_given"]);
    const offline = ["--revision=v1", `--cache-dir=${cache}`, "--local-files-only"];
    assertEquals(await read(new ModelMemoryIo(), "owner/small", offline), text);
    assertEquals(server.requests.length, 1);
  }));

Deno.test("withCheckpoint() sends HF_TOKEN to the hub and to no other URL", () =>
  withHub(async (server, cache) => {
    Deno.env.set("HF_TOKEN", "hf_variable");
    try {
      const args = [`--cache-dir=${cache}`];
      await read(new ModelMemoryIo(), "owner/small", args);
      await read(new ModelMemoryIo(), `${server.url}owner/small`, args);
      await read(new ModelMemoryIo(), "owner/small", [...args, "--token=hf_given"]);
    } finally {
      Deno.env.delete("HF_TOKEN");
    }
    assertEquals(server.requests.map(({ authorization }) => authorization), [
      "Bearer hf_variable",
      null,
      "Bearer hf_given",
    ]);
  }));

Deno.test("withCheckpoint() reports an invalid option as a usage error", async () => {
  const io = new ModelMemoryIo();
  await assertRejects(() => read(io, "owner/small", ["--token=a b"]), UsageError, "token");
});

Deno.test("withCheckpoint() shows the download on a terminal", () =>
  withHub(async (_, cache) => {
    const io = new ModelMemoryIo();
    await read(io, "owner/small", [`--cache-dir=${cache}`]);
    assertEquals(io.err, "");
    io.stderrIsTerminal = true;
    await read(io, "owner/small", [`--cache-dir=${cache}/other`]);
    assertStringIncludes(io.err, `config.json ${"█".repeat(24)} 100 % of 0.0 MB`);
    assert(io.err.endsWith("\r\x1b[K"));
  }));

Deno.test("all commands accept a name on the hub, and print the same as for its folder", () =>
  withHub(async (_, cache) => {
    const runs: [typeof runFillMask, string[]][] = [
      [runFillMask, ["--text", "the <mask> ran", "--json"]],
      [runEncode, ["--json"]],
    ];
    for (const [run, args] of runs) {
      const outputs = await Promise.all([MODEL, "owner/small"].map(async (model) => {
        const io = new ModelMemoryIo("the cat");
        const code = await run([model, ...args, `--cache-dir=${cache}`, "--device=cpu"], io);
        return { code, out: io.out, err: io.err };
      }));
      const [local, remote] = outputs.map(({ out, ...rest }) => {
        const [line] = parseLines(out);
        // It tells the model.
        delete line.encoder;
        return { line, ...rest };
      });
      assertEquals(remote, local);
      assertEquals([local.code, local.err], [0, ""]);
    }
  }));

Deno.test("lsg search asks the hub for the commit that made the index", () =>
  withHub(async (server, cache) => {
    const index = `${cache}/index.jsonl`;
    const options = [`--cache-dir=${cache}`, "--device=cpu"];
    const io = new ModelMemoryIo("the cat");
    assertEquals(await runEncode(["owner/small", "--json", ...options], io), 0);
    await Deno.mkdir(cache, { recursive: true });
    await Deno.writeTextFile(index, io.out);
    const { model, revision } = parseLines(io.out)[0].encoder;
    assertEquals([model, revision], ["owner/small", "c".repeat(40)]);
    const before = server.requests.length;
    const search = new ModelMemoryIo();
    assertEquals(await runSearch([index, "the cat", "--json", ...options], search), 0, search.err);
    assertAlmostEquals(parseLines(search.out)[0].score, 1, 1e-6);
    // All is in the cache under the commit.
    assertEquals(server.requests.length, before);
  }, "c".repeat(40)));

Deno.test("lsg convert accepts a name on the hub, and refuses to overwrite before it downloads", () =>
  withHub(async (server, cache) => {
    const args = ["--max-sequence-length=1024", `--cache-dir=${cache}/cache`];
    const convert = async (model: string, out: string) => {
      const io = new ModelMemoryIo();
      const code = await runConvert([model, out, ...args], io);
      return { code, out: io.out.replaceAll(out, "OUT").replaceAll(model, "MODEL"), err: io.err };
    };
    const converted = await convert("owner/small", `${cache}/out`);
    assertEquals(converted, await convert(MODEL, `${cache}/local`));
    assertStringIncludes(converted.out, "Converted MODEL to OUT");
    for (const { name } of Deno.readDirSync(`${cache}/local`)) {
      const [a, b] = ["out", "local"].map((out) => Deno.readFileSync(`${cache}/${out}/${name}`));
      assertEquals(a, b, name);
    }
    const before = server.requests.length;
    const refused = await convert("owner/small", `${cache}/out`);
    assertEquals([refused.code, refused.out], [1, ""]);
    assertStringIncludes(refused.err, "--force");
    assertEquals(server.requests.length, before);
  }));
