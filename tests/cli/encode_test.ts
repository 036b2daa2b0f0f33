import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { openWeights } from "../../checkpoint/open_weights.ts";
import { hashModel } from "../../hub/hash_model.ts";
import { FolderSource } from "../../checkpoint/folder_source.ts";
import { runEncode } from "../../cli/encode.ts";
import { AutoModel } from "../../models/mod.ts";
import { AutoTokenizer } from "../../tokenizer/mod.ts";
import { pipeline } from "../../pipelines/mod.ts";
import { tinyCheckpoint } from "../helpers/tiny_checkpoint.ts";
import { withFolder } from "../helpers/with_folder.ts";
import { parseLines } from "./memory_io.ts";
import { MODEL, ModelMemoryIo, taskModel } from "./model_memory_io.ts";
import "../helpers/quiet_reference.ts";

const WIDTH = 8;
const LINES = "the river\nran past the old house\n";

const HASH = await hashModel(new FolderSource(MODEL));
const ENCODER = { model: MODEL, hash: HASH, options: {} };

async function run(args: string[], io: ModelMemoryIo) {
  return { code: await runEncode(args, io), out: io.out, err: io.err };
}

interface Line {
  id: string;
  start: number;
  end: number;
  text: string;
  tokens: number;
  embedding: number[] | number[][];
}

/** Runs the command, which must succeed, and returns the documents. */
async function documents(args: string[], text: string): Promise<Line[]> {
  const { code, out, err } = await run([MODEL, "--json", ...args], new ModelMemoryIo(text));
  assertEquals([code, err], [0, ""]);
  return parseLines(out);
}

/** Computes the rows `[tokens][width]` of a document with the model itself. */
async function rowsOf(document: string): Promise<number[][]> {
  const tokenizer = await AutoTokenizer.from_pretrained(MODEL);
  const model = await AutoModel.from_pretrained(MODEL);
  const { last_hidden_state } = await model({ input_ids: tokenizer(document).input_ids });
  await last_hidden_state.getData();
  model.dispose();
  return (last_hidden_state.tolist() as number[][][])[0];
}

/** Asserts that values differ by at most one more rounding to float32. */
function assertClose(actual: number[], expected: number[]): void {
  assertEquals(actual.length, expected.length);
  actual.forEach((value, i) =>
    assert(Math.abs(value - expected[i]) <= 2 ** -23 * Math.abs(expected[i]), `${value} at ${i}`)
  );
}

Deno.test("lsg encode --pooling none prints the model's rows", async () => {
  const rows = await rowsOf("the river");
  const [{ tokens, embedding }] = await documents(["--pooling", "none"], "the river\n");
  assertEquals(tokens, rows.length);
  assertEquals((embedding as number[][]).map((row) => row.map(Math.fround)), rows);
});

Deno.test("lsg encode prints the mean of the rows, or the first one", async () => {
  const rows = await rowsOf("the river");
  const mean = rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0) / rows.length);
  const [pooled] = await documents([], "the river");
  assertClose(pooled.embedding as number[], mean);
  const [same] = await documents(["--pooling", "mean"], "the river");
  assertEquals(same.embedding, pooled.embedding);
  const [first] = await documents(["--pooling", "cls"], "the river");
  assertClose(first.embedding as number[], rows[0]);
});

Deno.test("lsg encode --normalize scales each vector to length 1", async () => {
  for (const pooling of ["mean", "cls", "none"]) {
    const [{ embedding }] = await documents(["--normalize", "--pooling", pooling], "the river");
    const rows = pooling === "none" ? embedding as number[][] : [embedding as number[]];
    for (const row of rows) {
      // The length changes by the rounding to float32; that of float64 is negligible.
      const length = Math.hypot(...row.map(Math.fround));
      assert(Math.abs(length - 1) <= 2 ** -24 + 2 ** -50, `${length}`);
    }
  }
});

Deno.test("lsg encode --lines treats each line as a document", async () => {
  const [first, second, ...others] = await documents(["--lines"], LINES);
  assertEquals(others, []);
  assertEquals([first.id, second.id], ["stdin:1", "stdin:2"]);
  const [river] = await documents([], "the river");
  assertEquals(first, { ...river, id: "stdin:1" });
  assertEquals({ ...river, embedding: [] }, {
    id: "stdin",
    start: 0,
    end: 9,
    tokens: river.tokens,
    text: "the river",
    embedding: [],
    encoder: ENCODER,
  });
  const [house] = await documents([], "ran past the old house");
  assertEquals(second.embedding, house.embedding);
  const [whole] = await documents([], LINES);
  assert(whole.tokens > first.tokens + second.tokens - 2);
  // An empty line is a document too.
  assertEquals((await documents(["--lines"], "the river\r\n\r\nran\n")).length, 3);
});

Deno.test("lsg encode prints sizes without --json", async () => {
  const { code, out, err } = await run([MODEL, "--lines"], new ModelMemoryIo(LINES));
  assertEquals([code, err], [0, ""]);
  const [header, ...lines] = out.trimEnd().split("\n");
  assertEquals(header, "id       tokens  dims");
  assertEquals(lines.length, 2);
  assert(lines.every((line, i) => new RegExp(`^stdin:${i + 1} +\\d+  \\[8\\]$`).test(line)), out);
});

/** Runs the command with `-o` and returns the file's bytes. */
async function outputOf(name: string, args: string[], text: string): Promise<Uint8Array> {
  const folder = await Deno.makeTempDir();
  try {
    const io = new ModelMemoryIo(text);
    const { code, out } = await run([MODEL, "-o", `${folder}/${name}`, ...args], io);
    assertEquals(code, 0);
    assertEquals(out, `Wrote ${folder}/${name}: 2 passages\n`);
    // Nothing is left of the file where finished passages were kept.
    assertEquals([...Deno.readDirSync(folder)], []);
    return io.bytes.get(`${folder}/${name}`)!;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("lsg encode -o writes pooled vectors as one tensor", async () => {
  const bytes = await outputOf("x.safetensors", ["--lines"], LINES);
  const weights = await openWeights(new MemorySource({ "model.safetensors": bytes }));
  assertEquals(weights.names(), ["embeddings"]);
  assertEquals(weights.dims("embeddings"), [2, WIDTH]);
  const printed = (await documents(["--lines"], LINES)).flatMap(({ embedding }) =>
    embedding as number[]
  );
  assertEquals(await weights.load("embeddings"), new Float32Array(printed));
});

Deno.test("lsg encode -o writes unpooled vectors as one tensor per document", async () => {
  const args = ["--lines", "--pooling", "none"];
  const bytes = await outputOf("x.safetensors", args, LINES);
  const weights = await openWeights(new MemorySource({ "model.safetensors": bytes }));
  assertEquals(weights.names().sort(), ["document_0", "document_1"]);
  for (const [i, { tokens, embedding }] of (await documents(args, LINES)).entries()) {
    assertEquals(weights.dims(`document_${i}`), [tokens, WIDTH]);
    const values = new Float32Array((embedding as number[][]).flat());
    assertEquals(await weights.load(`document_${i}`), values);
  }
});

Deno.test("lsg encode truncates long documents only with --truncation", async () => {
  const text = "the ".repeat(600);
  const { code, out, err } = await run([MODEL], new ModelMemoryIo(text));
  assertEquals([code, out], [1, ""]);
  assertStringIncludes(err, "512");
  assertEquals((await documents(["--truncation"], text))[0].tokens, 512);
  const longer = ["--max-sequence-length", "1024", "--block-size", "32", "--truncation"];
  const [{ tokens }] = await documents([...longer, "--sparsity-type", "none"], text);
  assert(tokens > 600, `${tokens}`);
});

Deno.test("lsg encode shows how far it is", async () => {
  const io = new ModelMemoryIo(LINES);
  io.stderrIsTerminal = true;
  const { code, err } = await run([MODEL, "--lines"], io);
  assertEquals(code, 0);
  assertStringIncludes(err, "0 passages · layer 1 of 1");
});

Deno.test("lsg encode pools as a sentence-transformers model specifies", async () => {
  const model = taskModel("bert_sentences");
  const vector = async (...args: string[]) => {
    const { code, out, err } = await run(
      [model, "--json", "--text", "the river", ...args],
      new ModelMemoryIo(),
    );
    assertEquals([code, err], [0, ""]);
    return (JSON.parse(out) as Line).embedding as number[];
  };
  const pooled = await vector();
  assertEquals(pooled, await vector("--pooling", "mean", "--normalize"));
  assert(Math.abs(Math.hypot(...pooled) - 1) < 2 ** -20);
  const plain = await vector("--no-normalize");
  assert(Math.hypot(...plain) > 1.1);
});

Deno.test("lsg encode -o - writes bytes to standard output, but not to a terminal", async () => {
  const io = new ModelMemoryIo("the river");
  const { code, out, err } = await run([MODEL, "-o", "-"], io);
  assertEquals([code, out], [0, ""]);
  assertEquals(err, "1 passage\n");
  const source = new MemorySource({ "model.safetensors": io.bytes.get("-")! });
  assertEquals((await openWeights(source)).dims("embeddings"), [1, WIDTH]);
  const terminal = new ModelMemoryIo("the river");
  terminal.stdoutIsTerminal = true;
  const refused = await run([MODEL, "-o", "-"], terminal);
  assertEquals([refused.code, terminal.bytes.size], [2, 0]);
  assertStringIncludes(refused.err, "Cannot write safetensors to a terminal");
});

Deno.test("lsg encode reports an unwritable file before it opens the model", async () => {
  const io = new ModelMemoryIo("the");
  const { code, err } = await run(["no/such/model", "-o", "/full/x.safetensors"], io);
  assertEquals([code, err], [1, "lsg encode: disk full\n"]);
});

const WRONG: [string[], number, string][] = [
  [[], 2, "Missing MODEL"],
  [[MODEL, "--pooling", "median"], 2, 'Unknown pooling "median": wanted one of mean, cls, max'],
  [[MODEL, "--pooling", "toString"], 2, "Unknown pooling"],
  [[MODEL, "--device", "abacus"], 2, "Unknown device"],
  [[MODEL, "--normalise"], 2, "did you mean --normalize?"],
  [[MODEL, "no.txt", "--text", "the"], 2, "Cannot use both --text and no.txt"],
  [[MODEL, "no.txt"], 1, "no.txt"],
  [["no/such/model"], 1, "no/such/model"],
  [[MODEL, "-o", "/full/x.safetensors"], 1, "disk full"],
  [[MODEL, "-o", "x.txt"], 2, "wanted a name that ends in .jsonl, .parquet, .npy or .safetensors"],
  [[MODEL, "-o", "x.jsonl", "--json"], 2, "wanted one output"],
  [[MODEL, "-o", "x.npy", "--pooling", "none"], 2, "wanted .jsonl or .safetensors"],
  [[MODEL, "--overlap", "2"], 2, "Cannot use --overlap without --window"],
  [[MODEL, "--window", "8", "--overlap", "8"], 2, "wanted less than --window 8"],
  [[MODEL, "--window", "0"], 2, "--window 0"],
  [[MODEL, "--window", "513"], 2, "at most 512 tokens fit the model"],
  [[MODEL, "--window", "3", "--overlap", "2"], 1, "wanted more than --overlap 2"],
  [[MODEL, "-", "/dev/stdin"], 2, "Cannot read standard input twice"],
];

for (const [args, wanted, message] of WRONG) {
  const shown = args.map((arg) => arg === MODEL ? "MODEL" : arg).join(" ");
  Deno.test(`lsg encode ${shown} exits with ${wanted}`, async () => {
    const { code, out, err } = await run(args, new ModelMemoryIo("the"));
    assertEquals([code, out], [wanted, ""]);
    assertStringIncludes(err, message);
    assertEquals(err.split("\n").length, wanted + 1);
  });
}

Deno.test("lsg encode uses a checkpoint's prompt and the layers behind its pooling", async () => {
  const source = await tinyCheckpoint("Model", {}, {
    "modules.json": [
      { idx: 0, name: "0", path: "", type: "sentence_transformers.models.Transformer" },
      { idx: 1, name: "1", path: "1_Pooling", type: "sentence_transformers.models.Pooling" },
    ],
    "1_Pooling/config.json": { pooling_mode: "max" },
    "config_sentence_transformers.json": {
      prompts: { query: "query : ", passage: "the " },
      default_prompt_name: "query",
    },
  });
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/1_Pooling`);
    for (
      const name of [
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "model.safetensors",
        "modules.json",
        "1_Pooling/config.json",
        "config_sentence_transformers.json",
      ]
    ) {
      const file = (await source.open(name))!;
      await Deno.writeFile(`${folder}/${name}`, await file.read(0, file.size));
    }
    using extractor = await pipeline("feature-extraction", source, { device: "cpu" });
    for (
      const [args, options] of [
        [[], {}],
        [["--prompt", "old "], { prompt: "old " }],
        [["--prompt", ""], { prompt: "" }],
        [["--prompt_name", "passage"], { prompt_name: "passage" }],
        [["--pooling", "lasttoken", "--normalize"], { pooling: "lasttoken", normalize: true }],
      ] as const
    ) {
      const all = [folder, "--json", "--device", "cpu", "--text", "river running", ...args];
      const { code, out, err } = await run(all, new ModelMemoryIo(""));
      assertEquals([code, err], [0, ""]);
      const { embedding } = JSON.parse(out) as { embedding: number[] };
      const { data } = await extractor("river running", options);
      assertEquals(embedding.map(Math.fround), [...data]);
    }
  });
});
