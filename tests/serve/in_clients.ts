/**
 * `deno task test:serve`: clients that others made ask `lsg serve`, unchanged: `openai` of npm and of
 * the Python registry, LlamaIndex's client of text-embeddings-inference, the hub's client,
 * and Prometheus's parser.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { startServer } from "../../bench/start_server.ts";
import { runProgram } from "../../tools/npm_tools.ts";
import { readRepositoryFile } from "../helpers/published_files.ts";
import { codeBlocksOf } from "../strangers/code_blocks.ts";
import { assertOpenAiAnswers, openAiClient, SERVED } from "./openai_client.ts";

const PYTHON_PACKAGES = [
  "openai==3.57.0",
  "llama-index-embeddings-text-embeddings-inference==0.5.0",
  "prometheus-client",
];

/** The program of docs/scale.md, for Ray Data. */
const [RAY] = codeBlocksOf("docs/scale.md", readRepositoryFile("docs/scale.md"))
  .filter(({ language }) => language === "python");

Deno.test("openai of npm: embeddings, completions, chats in pieces", async () => {
  const { url, stop } = await startServer(SERVED);
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "client.js"), openAiClient(url, "npm:openai@7.59.0"));
    const output = await runProgram(
      Deno.execPath(),
      ["run", "--quiet", "--no-lock", "--no-config", "--allow-all", "client.js"],
      folder,
    );
    assertOpenAiAnswers(output);
  } finally {
    assertEquals(await stop(), 0);
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("openai of Python, LlamaIndex's client of text-embeddings-inference, the hub's, Prometheus", async () => {
  const { url, stop } = await startServer(SERVED);
  const folder = await Deno.makeTempDir();
  try {
    const python = join(folder, "venv", "bin", "python");
    await runProgram("python3", ["-m", "venv", "venv"], folder);
    await runProgram(python, [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--no-compile",
      ...PYTHON_PACKAGES,
    ], folder);
    await Deno.writeTextFile(join(folder, "scale.py"), RAY.text);
    await Deno.writeTextFile(
      join(folder, "client.py"),
      `import json, math, urllib.request
from openai import OpenAI
from huggingface_hub import InferenceClient
from llama_index.embeddings.text_embeddings_inference import TextEmbeddingsInference
from prometheus_client.parser import text_string_to_metric_families
from scale import embed

url = ${JSON.stringify(url)}
client = OpenAI(base_url=url + "/v1", api_key="key")
texts = ["the sea", "a letter"]
embeddings = client.embeddings.create(model="sentences", input=texts)
vectors = [item.embedding for item in embeddings.data]
chat = client.chat.completions.create(
    model="chat", messages=[{"role": "user", "content": "the sea"}], max_tokens=6, temperature=0)
pieces = client.completions.create(model="chat", prompt="the sea", max_tokens=6, temperature=0, stream=True)
text = "".join(piece.choices[0].text for piece in pieces)
whole = client.completions.create(model="chat", prompt="the sea", max_tokens=6, temperature=0)
indexed = TextEmbeddingsInference(
    model_name="sentences", base_url=url, auth_token="key", text_instruction="", query_instruction="",
).get_text_embedding_batch(texts)
hub = InferenceClient(base_url=url, api_key="key").feature_extraction(texts)
rows = embed({"text": texts, "id": [1, 2]}, url=url + "/v1/embeddings", model="sentences", key="key")
near = rows["id"] == [1, 2] and all(
    abs(a - b) < 1e-5
    for others in (indexed, hub, rows["embedding"]) for one, two in zip(vectors, others, strict=True) for a, b in zip(one, two))
metrics = urllib.request.urlopen(url + "/metrics").read().decode()
names = {family.name for family in text_string_to_metric_families(metrics)}
print(json.dumps({
    "usage": embeddings.usage.prompt_tokens > 0, "near": near, "reason": chat.choices[0].finish_reason in ("stop", "length"),
    "same": text == whole.choices[0].text, "metrics": "lsg_tokens" in names and "lsg_request_seconds" in names,
}))
`,
    );
    assertEquals(JSON.parse(await runProgram(python, ["client.py"], folder)), {
      usage: true,
      near: true,
      reason: true,
      same: true,
      metrics: true,
    });
  } finally {
    assertEquals(await stop(), 0);
    await Deno.remove(folder, { recursive: true });
  }
});
