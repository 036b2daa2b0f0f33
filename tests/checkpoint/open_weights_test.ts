import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { FolderSource } from "../../checkpoint/folder_source.ts";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import type { CheckpointSource } from "../../checkpoint/source.ts";
import { openWeights } from "../../checkpoint/open_weights.ts";
import { encodeSafetensors } from "../../checkpoint/safetensors_writer.ts";

function shard(...names: string[]): Uint8Array {
  return encodeSafetensors(
    names.map((name, i) => ({ name, dims: [1], dtype: "F32", data: new Float32Array([i]) })),
  );
}

function sharded(weight_map: unknown, files: Record<string, Uint8Array>): MemorySource {
  const index = JSON.stringify({ metadata: {}, weight_map });
  return new MemorySource({ "model.safetensors.index.json": index, ...files });
}

Deno.test("openWeights() opens a single file", async () => {
  const weights = await openWeights(new MemorySource({ "model.safetensors": shard("a", "b") }));
  assertEquals(weights.names(), ["a", "b"]);
  assertEquals(await weights.load("b"), new Float32Array([1]));
});

Deno.test("openWeights() joins shards", async () => {
  const source = sharded({ a: "1.safetensors", b: "2.safetensors", c: "1.safetensors" }, {
    "1.safetensors": shard("a", "c"),
    "2.safetensors": shard("b"),
  });
  const weights = await openWeights(source);
  assertEquals(weights.names().sort(), ["a", "b", "c"]);
  assertEquals(await weights.load("c"), new Float32Array([1]));
  assertEquals(weights.dims("b"), [1]);
});

Deno.test("openWeights() opens shards saved by transformers", async () => {
  const folder = fromFileUrl(new URL("../golden/models/lsg_stride_sharded", import.meta.url));
  const weights = await openWeights(new FolderSource(folder));
  assertEquals(weights.dims("roberta.embeddings.global_embeddings.weight"), [512, 16]);
});

Deno.test("openWeights() opens pickled shards", async () => {
  const folder = fromFileUrl(new URL("../golden/pytorch/sharded", import.meta.url));
  const weights = await openWeights(new FolderSource(folder));
  assertEquals(weights.names(), ["a", "b"]);
  assertEquals(await weights.load("b"), new Float32Array([1, 1]));
});

Deno.test("openWeights() opens pickled weights where there are no others", async () => {
  const url = new URL("../golden/pytorch/nested_model.bin", import.meta.url);
  const files = { "pytorch_model.bin": Deno.readFileSync(url) };
  assertEquals((await openWeights(new MemorySource(files))).names(), ["a", "b"]);
  const index = JSON.stringify({ weight_map: { c: "1.safetensors" } });
  const preferred: Record<string, string | Uint8Array>[] = [
    { "model.safetensors": shard("c") },
    { "model.safetensors.index.json": index, "1.safetensors": shard("c") },
  ];
  for (const others of preferred) {
    const weights = await openWeights(new MemorySource({ ...files, ...others }));
    assertEquals(weights.names(), ["c"]);
  }
});

Deno.test("openWeights() names the original of ONNX files", async () => {
  const memory = (name: string, files: Record<string, string>): CheckpointSource => {
    const source = new MemorySource(files);
    return { name, open: (file) => source.open(file) };
  };
  const named = (config: unknown) => ({
    "onnx/model.onnx": "",
    ...(config !== undefined && { "config.json": JSON.stringify(config) }),
  });
  for (
    const [files, message] of [
      [
        named({ _name_or_path: "sentence-transformers/all-MiniLM-L6-v2" }),
        '"sentence-transformers/',
      ],
      [named({ _name_or_path: "/tmp/model" }), "by another owner (…/small)"],
      [named({ _name_or_path: "Xenova/small" }), "by another owner (…/small)"],
      [named({ _name_or_path: 7 }), "by another owner (…/small)"],
      [named(undefined), "by another owner (…/small)"],
      [{ "onnx/model_quantized.onnx": "" }, "ONNX files only (onnx/model_quantized.onnx)"],
    ] as const
  ) {
    const open = () => openWeights(memory("Xenova/small", files));
    const error = await assertRejects(open, RangeError, "Cannot read the weights of Xenova/small");
    assertStringIncludes(error.message, message);
  }
});

const MALFORMED: [string, MemorySource, ErrorConstructor, string][] = [
  ["no weights at all", new MemorySource({}), RangeError, "memory has no weights"],
  [
    "pickled shards without a list",
    new MemorySource({ "pytorch_model.bin.index.json": "{}" }),
    TypeError,
    "memory/pytorch_model.bin.index.json: weight_map must be",
  ],
  [
    "pickled shards that are missing",
    new MemorySource({ "pytorch_model.bin.index.json": '{"weight_map": {"a": "1.bin"}}' }),
    RangeError,
    "pytorch_model.bin.index.json lists 1.bin, which is missing",
  ],
  ["an index without weight_map", sharded(undefined, {}), TypeError, "weight_map must be"],
  ["an index with a list", sharded(["1.safetensors"], {}), TypeError, "weight_map must be"],
  ["an index with numbers", sharded({ a: 1 }, {}), TypeError, "the file of tensor a"],
  ["an index that escapes", sharded({ a: "../x" }, {}), RangeError, "plain name"],
  ["an index with an absolute path", sharded({ a: "/etc/x" }, {}), RangeError, "plain name"],
  [
    "an index that names a missing file",
    sharded({ a: "1.safetensors" }, {}),
    RangeError,
    "lists 1.safetensors, which is missing",
  ],
  [
    "a tensor that is not in its shard",
    sharded({ a: "1.safetensors", b: "1.safetensors" }, { "1.safetensors": shard("a") }),
    RangeError,
    "b (1.safetensors)",
  ],
  [
    "a tensor in two shards",
    sharded({ a: "1.safetensors", b: "2.safetensors" }, {
      "1.safetensors": shard("a"),
      "2.safetensors": shard("a", "b"),
    }),
    RangeError,
    "2.safetensors holds tensor a, which model.safetensors.index.json lists in 1.safetensors",
  ],
  [
    "a tensor that the index does not list",
    sharded({ a: "1.safetensors" }, { "1.safetensors": shard("a", "b") }),
    RangeError,
    "does not list",
  ],
  [
    "a tensor that the index lists twice",
    new MemorySource({
      "model.safetensors.index.json":
        '{"weight_map": {"a": "1.safetensors", "a": "2.safetensors"}}',
    }),
    SyntaxError,
    "twice",
  ],
];

for (const [description, source, ErrorType, message] of MALFORMED) {
  Deno.test(`openWeights() throws on ${description}`, async () => {
    await assertRejects(() => openWeights(source), ErrorType, message);
  });
}
