import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runEncode } from "../../cli/encode.ts";
import { processModelIo } from "../../cli/model_io.ts";
import { runSearch } from "../../cli/search.ts";
import { withFolder } from "../helpers/with_folder.ts";
import { HubServer, readFolder } from "../hub/hub_server.ts";
import { parseLines } from "./memory_io.ts";
import { MODEL, ModelMemoryIo, taskModel } from "./model_memory_io.ts";

const TEXTS = [
  "the river ran",
  "past the old house",
  "the old river",
  "the house ran past the sea",
];

/** Text in memory, results in files. */
class EncodeIo extends ModelMemoryIo {
  override writeBytes(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    return processModelIo().writeBytes(path, chunks);
  }
}

async function makeIndex(path: string, args: string[] = [], model = MODEL): Promise<void> {
  const io = new EncodeIo(TEXTS.map((text) => `${text}\n`).join(""));
  assertEquals(await runEncode([model, "--lines", "-o", path, ...args], io), 0, io.err);
}

async function search(...args: string[]) {
  const io = new ModelMemoryIo();
  return { code: await runSearch(args, io), out: io.out, err: io.err };
}

/** Embeds texts, and computes their cosines to a query here. */
async function cosines(query: string, args: string[] = []): Promise<number[]> {
  const vectors: number[][] = [];
  for (const text of [query, ...TEXTS]) {
    const io = new ModelMemoryIo();
    await runEncode([MODEL, "--text", text, "--json", ...args], io);
    vectors.push(parseLines(io.out)[0].embedding);
  }
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  const [first, ...others] = vectors;
  return others.map((other) =>
    dot(first, other) / Math.sqrt(dot(first, first) * dot(other, other))
  );
}

Deno.test("lsg search finds the nearest passages in each format, by exact cosines", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(folder, { recursive: true });
    const scores = await cosines("the sea");
    const wanted = TEXTS.map((text, i) => ({ text, id: `stdin:${i + 1}`, score: scores[i] }))
      .sort((a, b) => b.score - a.score);
    for (const end of ["jsonl", "npy", "parquet"]) {
      const path = `${folder}/index.${end}`;
      await makeIndex(path);
      const { code, out, err } = await search(path, "the sea", "--json", "--top-k", "3");
      assertEquals([code, err], [0, ""]);
      const found = parseLines(out);
      assertEquals(found.length, 3);
      for (const [i, { score, id, start, end, text }] of found.entries()) {
        assertEquals([id, text, start, end], [wanted[i].id, wanted[i].text, 0, text.length]);
        assert(Math.abs(score - wanted[i].score) < 1e-6, `${score} ${wanted[i].score}`);
      }
    }
  }));

Deno.test("lsg search shows passages and where they stand", () =>
  withFolder(async (folder) => {
    const path = `${folder}/index.jsonl`;
    const io = new EncodeIo();
    for (const part of ["the river ran past the old house. ", "一个没有财产的牧师👩"]) {
      const long = part.repeat(40).trim();
      await runEncode([MODEL, "--text", long, "--truncation", "-o", path], io);
      const { code, out } = await search(path, "the sea");
      assertEquals(code, 0);
      const [heading, ...lines] = out.trimEnd().split("\n");
      assertMatch(heading, /^1\. -?[01]\.\d{4} {2}text {2}characters 0 to \d+$/);
      assertEquals(heading.endsWith(` ${long.length}`), true);
      assertEquals(lines.length, 3);
      assert(lines.every((line) => line.length <= 100) && lines[2].endsWith(" …"), out);
    }
    const short = `${folder}/short.jsonl`;
    await makeIndex(short);
    const all = await search(short, "the sea", "--top-k", "99");
    assertEquals(all.out.trimEnd().split("\n").length, 8);
    assert(!all.out.includes("…"));
  }));

Deno.test("lsg search embeds the query as the passages were, but for the prompt", () =>
  withFolder(async (folder) => {
    const path = `${folder}/index.npy`;
    const options = ["--pooling", "max", "--prompt", "the ", "--max-sequence-length", "1024"];
    await makeIndex(path, [...options, "--block-size", "8", "--sparse-block-size", "8"]);
    const same = [...options.slice(0, 2), ...options.slice(4)];
    same.push("--block-size", "8", "--sparse-block-size", "8", "--prompt", "the ");
    const [score] = (await cosines("sea", same)).sort((a, b) => b - a);
    const found = await search(path, "sea", "--prompt", "the ", "--json", "--top-k", "1");
    assertEquals([found.code, found.err], [0, ""]);
    assert(Math.abs(parseLines(found.out)[0].score - score) < 1e-6);
    const without = await search(path, "sea", "--json", "--top-k", "1");
    assert(Math.abs(parseLines(without.out)[0].score - score) > 1e-6);
  }));

Deno.test("lsg search asks the model that made the index, and no other", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/m`, { recursive: true });
    for await (const { name } of Deno.readDir(MODEL)) {
      await Deno.copyFile(`${MODEL}/${name}`, `${folder}/m/${name}`);
    }
    const path = `${folder}/index.jsonl`;
    await makeIndex(path, [], `${folder}/m`);
    const { out } = await search(path, "the sea");
    await Deno.rename(`${folder}/m`, `${folder}/moved`);
    const moved = await search(path, "the sea");
    assertEquals([moved.code, moved.out], [1, ""]);
    assertStringIncludes(moved.err, `${folder}/m`);
    assertEquals((await search(path, "the sea", "--model", `${folder}/moved`)).out, out);
    const weights = `${folder}/moved/model.safetensors`;
    const bytes = await Deno.readFile(weights);
    bytes[bytes.length - 3] ^= 1;
    await Deno.writeFile(weights, bytes);
    for (const model of [`${folder}/moved`, taskModel("bert_sentences")]) {
      const { code, out, err } = await search(path, "the sea", "--model", model);
      assertEquals([code, out], [1, ""]);
      assertStringIncludes(err, "is not the model that made it");
    }
  }));

Deno.test("lsg search goes to no server that only the index names", () =>
  withFolder(async (folder) => {
    await using server = new HubServer(await readFolder("small", MODEL));
    const path = `${folder}/index.jsonl`;
    const args = ["--cache-dir", `${folder}/cache`];
    await makeIndex(path, args, `${server.url}small`);
    const { code, err } = await search(path, "the sea", ...args);
    assertEquals(code, 2);
    assertStringIncludes(err, `wanted --model ${server.url}small`);
    const found = await search(path, "the sea", "--model", `${server.url}small`, ...args);
    assertEquals([found.code, found.err], [0, ""]);
  }));

/** The line of an index of another program, with an embedding of the model's width. */
const foreign = (change: Record<string, unknown> = {}) =>
  `${JSON.stringify({ id: 7, embedding: [1, 2, 3, 4, 5, 6, 7, 8], ...change })}\n`;

const HOSTILE: [name: string, content: string, message: string, code: number][] = [
  ["broken.jsonl", foreign() + '{"id": 1, "embedding": [1, 2\n', "line 2 of ", 1],
  ["width.jsonl", foreign() + foreign({ embedding: [1] }), "has 1 values, those of", 1],
  ["unknown.jsonl", foreign(), "wanted --model", 2],
];

for (const [name, content, message, wanted] of HOSTILE) {
  Deno.test(`lsg search refuses ${name}`, () =>
    withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/${name}`, content);
      const model = name === "unknown.jsonl" ? [] : ["--model", MODEL];
      const { code, out, err } = await search(`${folder}/${name}`, "the sea", ...model);
      assertEquals([code, out], [wanted, ""]);
      assertStringIncludes(err, message);
      assertEquals(err.trimEnd().split("\n").length, wanted, err);
    }));
}

const WRONG: [string[], string][] = [
  [[], "Missing INDEX"],
  [["a.jsonl"], "Missing QUERY"],
  [["a.jsonl", "the", "more"], 'Unexpected argument "more"'],
  [["a.jsonl", "the", "--top-k", "0"], "--top-k 0"],
  [["a.txt", "the"], "wanted a file that lsg encode -o has written"],
];

for (const [args, message] of WRONG) {
  Deno.test(`lsg search ${args.join(" ")} exits with 2`, async () => {
    const { code, out, err } = await search(...args);
    assertEquals([code, out], [2, ""]);
    assertStringIncludes(err, message);
  });
}

Deno.test("lsg search names an index that is not there", async () => {
  for (const end of ["jsonl", "npy", "parquet"]) {
    const { code, err } = await search(`no/such/index.${end}`, "the");
    assertEquals(code, 1);
    assertStringIncludes(err, `no/such/index.${end}`);
  }
});
