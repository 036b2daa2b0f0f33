import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { Hono } from "hono";
import { dot, pipeline } from "../../mod.ts";
import { createHandler, type ServedModelRequest, startServer } from "../../serve/mod.ts";
import { nextTask } from "../../base/next_task.ts";
import { readRepositoryFile } from "../helpers/published_files.ts";

const root = new URL("../golden/pipelines/", import.meta.url);
const path = (name: string) => new URL(name, root).pathname;

const served = (name: string, folder = name, task?: ServedModelRequest["task"]) => ({
  name,
  checkpoint: path(folder),
  task,
  options: { device: "wasm", threads: 1 },
} as const);

const lines: Record<string, unknown>[] = [];
const server = await startServer({
  models: [
    served("bert_sentences"),
    served("bert_nli"),
    served("bert_answers"),
    served("bart", "bart", "text2text-generation"),
    served("llama_chat"),
    served("roberta_score"),
  ],
  port: 0,
  max_texts: 40,
  max_body: 2 ** 16,
  api_keys: ["key"],
  cors_origins: ["https://page.example"],
  log: (line) => lines.push(JSON.parse(line)),
});
const early = await fetch(`${server.url}/health`);
const earlyPost = await send("/embed", { inputs: "a" });
await server.ready;

async function send(
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: unknown; headers: Headers }> {
  const response = await fetch(server.url + path, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: "Bearer key", "content-type": "application/json", ...headers },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text), headers: response.headers };
}

async function answerOf<Body>(path: string, body?: unknown): Promise<Body> {
  const { status, body: answer } = await send(path, body);
  assertEquals(status, 200, JSON.stringify(answer));
  return answer as Body;
}

/** How many batches llama_chat has run. */
async function batches(): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(text.match(/^lsg_batch_seconds_count{model="llama_chat"} (\d+)/m)?.[1] ?? 0);
}

/** How many requests run and wait. */
async function held(): Promise<string | undefined> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return text.match(/^lsg_requests_held (\d+)/m)?.[1];
}

Deno.test("until models are loaded the answer is 503", async () => {
  assertEquals([early.status, earlyPost.status], [503, 503]);
  assertEquals(((await early.json()) as { error_type: string }).error_type, "Unhealthy");
  assertEquals(await answerOf("/health"), { status: "ready" });
});

Deno.test("embeddings are those of the pipeline, in each family's form", async () => {
  using extractor = await pipeline("feature-extraction", path("bert_sentences"), {
    device: "wasm",
    threads: 1,
  });
  const texts = ["the sea", "a long letter about the war and the sea"];
  const wanted = (await extractor(texts, { normalize: true })).tolist() as number[][];
  const near = (actual: readonly number[][]) =>
    actual.forEach((vector, i) =>
      vector.forEach((value, j) => assertAlmostEquals(value, wanted[i][j], 1e-5))
    );
  near(await answerOf("/embed", { inputs: texts }));
  interface Embeddings {
    data: { embedding: number[] | string; index: number }[];
    usage: { prompt_tokens: number };
  }
  const { data, usage } = await answerOf<Embeddings>("/v1/embeddings", { input: texts });
  near(data.map(({ embedding }) => embedding as number[]));
  assertEquals(usage.prompt_tokens > 8, true);
  const packed = { input: texts, encoding_format: "base64", model: "bert_sentences" };
  const { data: both } = await answerOf<Embeddings>("/v1/embeddings", packed);
  near(both.map(({ embedding }) => [
    ...new Float32Array(Uint8Array.from(atob(embedding as string), (c) => c.charCodeAt(0)).buffer),
  ]));
  const rows = await answerOf<number[][][]>("/embed_all", { inputs: "the sea" });
  const tokens = await answerOf<{ id: number; special: boolean }[][]>("/tokenize", {
    inputs: "the sea",
  });
  assertEquals(rows[0].length, tokens[0].length);
  const isSpecial = tokens[0].map(({ special }) => special);
  assertEquals(isSpecial, isSpecial.map((_, i) => i === 0 || i === isSpecial.length - 1));
  assertEquals(await answerOf("/decode", { ids: tokens[0].map(({ id }) => id) }), ["the sea"]);
  const [cosine] = await answerOf<number[]>("/similarity", {
    inputs: { source_sentence: texts[0], sentences: [texts[1]] },
  });
  assertAlmostEquals(cosine, dot(Float32Array.from(wanted[0]), Float32Array.from(wanted[1])), 1e-4);
});

Deno.test("labels, answers and summaries are those of the pipelines", async () => {
  const options = { device: "wasm", threads: 1 } as const;
  using classifier = await pipeline("text-classification", path("bert_nli"), options);
  const labels = await classifier("the sea", { top_k: null });
  const [one] = await answerOf<typeof labels[]>("/predict", { inputs: [["the sea"]] });
  assertEquals(one.map(({ label }) => label), labels.map(({ label }) => label));
  const mixed = await answerOf<typeof labels[]>("/predict", {
    inputs: [["the sea", "war"], ["the sea"]],
  });
  assertEquals(mixed[1], one);
  const ranks = await answerOf<object[]>("/rerank", { query: "the sea", texts: ["a", "b"] });
  assertEquals(ranks.length, 2);
  const zero = await answerOf<{ labels: string[] }>("/", {
    model: "bert_nli",
    inputs: "the sea",
    parameters: { candidate_labels: ["war", "weather"] },
  });
  assertEquals(zero.labels.toSorted(), ["war", "weather"]);
  using answerer = await pipeline("question-answering", path("bert_answers"), options);
  const [question, context] = ["the sea", "the war and the sea and a letter"];
  const answer = await answerOf<{ answer: string }>("/", {
    model: "bert_answers",
    inputs: { question, context },
  });
  assertEquals(answer.answer, (await answerer(question, context)).answer);
  using writer = await pipeline("text2text-generation", path("bart"), options);
  const parameters = { max_new_tokens: 5 };
  assertEquals(
    await answerOf("/", { model: "bart", inputs: ["the sea"], parameters }),
    await writer(["the sea"], parameters) as unknown,
  );
});

interface Completion {
  choices: { text?: string; message?: { content: string }; finish_reason: string }[];
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
}

Deno.test("texts and conversations go on as by the pipeline", async () => {
  using generator = await pipeline("text-generation", path("llama_chat"), {
    device: "wasm",
    threads: 1,
  });
  const options = { max_new_tokens: 6, return_full_text: false };
  const [{ generated_text }] = await generator("the sea", options);
  const body = { prompt: "the sea", max_tokens: 6, temperature: 0 };
  const { choices: [choice], usage } = await answerOf<Completion>("/v1/completions", body);
  assertEquals(choice.text, generated_text);
  assertEquals(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
  assertEquals(choice.finish_reason, usage.completion_tokens === 6 ? "length" : "stop");
  const nulls = { n: null, seed: null, top_p: null, stream: null, stop: null };
  const bare = await answerOf<Completion>("/v1/completions", { ...body, ...nulls });
  assertEquals(bare.choices.length, 1);
  const warm = { prompt: "the sea", temperature: null, max_tokens: null };
  assertEquals((await answerOf<Completion>("/v1/completions", warm)).choices.length, 1);
  const echoed = await answerOf<Completion>("/v1/completions", { ...body, echo: true, n: 2 });
  assertEquals(echoed.choices.map(({ text }) => text), Array(2).fill("the sea" + generated_text));
  const task = { model: "llama_chat", inputs: "the sea", parameters: { max_new_tokens: 6 } };
  assertEquals(await answerOf("/", task), [{ generated_text: "the sea" + generated_text }]);

  const messages = [{ role: "user", content: "the sea" }];
  const [{ generated_text: chat }] = await generator(messages, { max_new_tokens: 6 });
  const { choices: [answer] } = await answerOf<Completion>("/v1/chat/completions", {
    messages: [{ role: "user", content: [{ type: "text", text: "the sea" }] }],
    max_completion_tokens: 6,
    temperature: 0,
  });
  assertEquals(answer.message?.content, chat.at(-1)?.content);
});

Deno.test("answers come piece by piece as events, and end at a stop string", async () => {
  const body = { prompt: "the sea", max_tokens: 12, temperature: 0 };
  const { choices: [{ text = "" }] } = await answerOf<Completion>("/v1/completions", body);
  const response = await fetch(`${server.url}/v1/completions`, {
    method: "POST",
    headers: { authorization: "Bearer key", "content-type": "application/json" },
    body: JSON.stringify({ ...body, stream: true, stream_options: { include_usage: true } }),
  });
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  const events = (await response.text()).trim().split("\n\n").map((event) =>
    event.replace(/^data: /, "")
  );
  assertEquals(events.pop(), "[DONE]");
  const chunks = events.map((event) => JSON.parse(event) as Completion);
  assertEquals(chunks.at(-1)!.usage.completion_tokens <= 12, true);
  assertEquals(chunks.flatMap(({ choices }) => choices).map(({ text }) => text).join(""), text);
  const stop = text.slice(3, 5);
  const stopped = await answerOf<Completion>("/v1/completions", { ...body, stop });
  assertEquals(stopped.choices[0].text, text.slice(0, text.indexOf(stop)));
  assertEquals(stopped.choices[0].finish_reason, "stop");
});

Deno.test("texts that wait run together, each as it does alone", async () => {
  const prompts = [
    "the sea",
    "a long letter about the war",
    "war",
    "sea and sea and sea",
    "letter",
  ];
  const ask = async (prompt: string, others: object = {}) => {
    const body = { prompt, max_tokens: 7, temperature: 0, ...others };
    return (await answerOf<Completion>("/v1/completions", body)).choices.map(({ text }) => text);
  };
  const alone: unknown[] = [];
  for (const prompt of prompts) alone.push(await ask(prompt));
  const before = await batches();
  assertEquals(await Promise.all(prompts.map((prompt) => ask(prompt))), alone);
  const stops = ["|", "st"];
  const stopped = await Promise.all(prompts.map((prompt) => ask(prompt, { stop: stops })));
  assertEquals(stopped.some(([text], i) => text !== (alone[i] as string[])[0]), true);
  stopped.forEach(([text], i) => {
    const [whole] = alone[i] as string[];
    const ends = stops.map((stop) => whole.indexOf(stop)).filter((at) => at >= 0);
    assertEquals(text, whole.slice(0, Math.min(whole.length, ...ends)));
  });
  const count = await batches() - before;
  assertEquals(count >= 2 && count < 2 * prompts.length, true, String(count));
  const [one, ...others] = await ask("the sea", { n: 4, temperature: 1 });
  assertEquals(others.some((text) => text !== one), true);
  const streamed = await fetch(`${server.url}/v1/completions`, {
    method: "POST",
    headers: { authorization: "Bearer key", "content-type": "application/json" },
    body: JSON.stringify({ prompt: prompts, max_tokens: 7, temperature: 0, stream: true }),
  });
  const pieces = (await streamed.text()).trim().split("\n\n").slice(0, -1)
    .flatMap((event) =>
      (JSON.parse(event.slice(6)) as { choices: { index: number; text: string }[] }).choices
    );
  const texts = prompts.map((_, row) =>
    pieces.filter(({ index }) => index === row).map(({ text }) => text).join("")
  );
  assertEquals(texts, (alone as string[][]).flat());
});

Deno.test("a prompt that is refused ends the others of its request", async () => {
  const before = await batches();
  const prompt = [...Array(30).fill("sea"), "sea ".repeat(600)];
  // Rows with a seed run alone.
  const body = { prompt, seed: 1, max_tokens: 20 };
  assertEquals((await send("/v1/completions", body)).status, 400);
  await answerOf("/v1/completions", { ...body, prompt: "sea" });
  const count = await batches() - before;
  assertEquals(count >= 1 && count < 5, true, String(count));
});

Deno.test("sampling is by the seed", async () => {
  const body = { prompt: "the sea", max_tokens: 8, seed: 5, n: 2, user: "u1" };
  const texts = async (seed: number) =>
    (await answerOf<Completion>("/v1/completions", { ...body, seed })).choices
      .map(({ text }) => text);
  const [first, again] = [await texts(5), await texts(5)];
  assertEquals(again, first);
  assertEquals(new Set([...first, ...await texts(6)]).size > 1, true);
  assertEquals(lines.filter(({ user }) => user === "u1").length, 3);
});

const continued = (parameters: object) => ({ model: "llama_chat", inputs: "a", parameters });
const labelled = (inputs: unknown, candidate_labels: unknown) => ({
  model: "bert_nli",
  inputs,
  parameters: { candidate_labels },
});
const similarity = (source_sentence: string, sentences: readonly string[]) => ({
  inputs: { source_sentence, sentences },
});

Deno.test("what is wrong is refused, with a status and in the family's form", async () => {
  const cases: [string, unknown, number, string][] = [
    ["/v1/embeddings", "{bad", 400, "wanted JSON"],
    ["/embed", { inputs: [] }, 400, "wanted at least one"],
    ["/embed", { inputs: Array(41).fill("a") }, 400, "at most 40"],
    ["/embed", { inputs: "sea ".repeat(600) }, 400, "tokens, at most"],
    ["/embed", { inputs: "a".repeat(70_000) }, 413, "at most 65536"],
    ["/embed", { inputs: 7 }, 422, "Cannot read inputs"],
    ["/embed", { inputs: "a", other: 1 }, 422, "other"],
    ["/embed", { inputs: "a", truncation_direction: "Left" }, 422, "truncation_direction"],
    ["/embed", { inputs: "a", prompt_name: "none such" }, 400, "prompts"],
    ["/v1/embeddings", { input: [1, 2] }, 400, "token ids"],
    ["/v1/embeddings", { input: "a", dimensions: 3 }, 400, "not trained to be cut"],
    ["/v1/embeddings", { input: "a", model: "gpt" }, 404, "wanted one of bert_sentences"],
    ["/v1/embeddings", { input: "a", model: "bart" }, 400, "text2text-generation"],
    ["/rerank", { query: "a", texts: ["b"], model: "bert_nli" }, 400, "a reranker one"],
    ["/predict", { inputs: ["a", "b", "c"] }, 422, "wanted one, or two"],
    ["/predict", { inputs: [["a", "b"], ["sea ".repeat(600)]] }, 400, "run input 1: it has"],
    ["/similarity", similarity("a", ["b", "sea ".repeat(600)]), 400, "run input 1: it has"],
    ["/similarity", similarity("sea ".repeat(600), ["b"]), 400, "run input source_sentence: it"],
    ["/similarity", similarity("a", Array(41).fill("b")), 400, "41 texts at once"],
    ["/", labelled(Array(14).fill("a"), ["b", "c", "d"]), 400, "42 texts × labels at once"],
    ["/", labelled("a", "b, ,".repeat(40) + "c"), 400, "41 texts × labels"],
    ["/", labelled("a", []), 400, "no labels"],
    ["/similarity", similarity("a", []), 400, "wanted at least one"],
    ["/", { inputs: "a", model: "bert_answers" }, 422, "question, context"],
    ["/", { inputs: "a", parameters: { signal: {} } }, 422, "signal"],
    ["/", { inputs: "a", parameters: { pool: 1 } }, 422, "pool"],
    ["/", continued({ num_beams: 3 }), 400, "num_beams 3: wanted 1"],
    ["/", continued({ num_return_sequences: 2 }), 400, "num_return_sequences 2: wanted 1"],
    ["/", continued({ input_ids: [1] }), 422, "input_ids"],
    ["/", continued({ return_dict_in_generate: true }), 422, "return_dict_in_generate"],
    ["/v1/completions", { prompt: "a", max_tokens: 0 }, 422, "max_tokens"],
    ["/v1/completions", { prompt: "a", stream_options: {} }, 422, "without stream"],
    ["/v1/completions", { prompt: "a", logprobs: 1 }, 422, "logprobs"],
    ["/v1/completions", { prompt: "a", max_tokens: 100_000 }, 400, "fit the model together"],
    ["/v1/completions", { prompt: Array(3).fill("a"), n: 14 }, 400, "42 texts at once"],
    ["/v1/completions", { prompt: ["a", "sea ".repeat(600)], n: 2 }, 400, "run input 1: it has"],
    ["/v1/completions", { prompt: [] }, 400, "wanted at least one"],
    ["/v1/chat/completions", { messages: [] }, 400, "messages is an empty list"],
    ["/v1/models/some/model", undefined, 404, 'no model "some/model"'],
    [
      "/v1/chat/completions",
      { messages: [{ role: "user", content: "a" }], model: "bart" },
      400,
      "",
    ],
    ["/none", {}, 404, "There is no POST /none"],
  ];
  for (const [path, body, wanted, part] of cases) {
    const { status, body: answer } = await send(path, body);
    const { error } = answer as { error: string | { message: string } };
    const message = typeof error === "string" ? error : error.message;
    assertEquals([path, status, message.includes(part)], [path, wanted, true], message);
    assertEquals(typeof error === "object", path.startsWith("/v1/"));
  }
  const typed = await send("/embed", "{}", { "content-type": "text/plain" });
  assertEquals(typed.status, 415);
  const stranger = await send("/embed", { inputs: "a" }, { authorization: "Bearer other" });
  assertEquals([stranger.status, stranger.headers.get("www-authenticate")], [401, "Bearer"]);
});

Deno.test("one text that is too long does not harm others, and a cut is told", async () => {
  const long = "sea ".repeat(600);
  const [bad, good] = await Promise.all([
    send("/embed", { inputs: ["a", long] }),
    send("/embed", { inputs: ["a", "b"] }),
  ]);
  assertEquals([bad.status, good.status], [400, 200]);
  const cut = await send("/embed", { inputs: ["a", long], truncate: true });
  assertEquals([cut.status, cut.headers.get("x-truncated-inputs")], [200, "1"]);
  const alike = await send("/similarity", {
    ...similarity(long, [...Array(39).fill("a"), long]),
    parameters: { truncate: true },
  });
  const places = alike.headers.get("x-truncated-inputs");
  assertEquals([alike.status, places], [200, "source_sentence,39"]);
});

Deno.test("documentation, metrics and models are shown", async () => {
  const { paths } = await answerOf<{ paths: object }>("/openapi.json");
  const routes = ["/v1/embeddings", "/embed", "/embed_all", "/predict", "/rerank", "/similarity"];
  for (const route of [...routes, "/tokenize", "/decode", "/", "/info", "/health"]) {
    assertEquals(route in paths, true, route);
  }
  const page = readRepositoryFile("docs/serve.md");
  assertEquals(
    Object.keys(paths).map((route) => route.replace("{model}", "MODEL"))
      .filter((route) => !new RegExp(`\`(GET |POST )?${route}\``).test(page)),
    [],
  );
  const open = await fetch(`${server.url}/docs`);
  assertEquals([open.status, (await open.text()).includes("swagger")], [200, true]);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  assertEquals(metrics.includes('lsg_tokens_total{model="bert_sentences"}'), true);
  assertEquals(metrics.includes('route="other",status="404"'), true);
  const { data } = await answerOf<{ data: { id: string }[] }>("/v1/models");
  assertEquals(data.map(({ id }) => id), [
    "bert_sentences",
    "bert_nli",
    "bert_answers",
    "bart",
    "llama_chat",
    "roberta_score",
  ]);
  assertEquals((await answerOf<{ id: string }>("/v1/models/bart")).id, "bart");
  assertEquals((await answerOf<{ model_id: string }>("/info")).model_id, "bert_sentences");
});

Deno.test("pages of known origins may ask, with an id that the answer repeats", async () => {
  const preflight = await fetch(`${server.url}/embed`, {
    method: "OPTIONS",
    headers: {
      origin: "https://page.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type",
    },
  });
  const allowed = preflight.headers.get("access-control-allow-headers")?.toLowerCase();
  await preflight.body?.cancel();
  assertEquals([preflight.status, allowed?.includes("authorization")], [204, true]);
  const { headers } = await send("/embed", { inputs: "a" }, {
    origin: "https://page.example",
    "x-request-id": "abc-1",
  });
  assertEquals(headers.get("access-control-allow-origin"), "https://page.example");
  assertEquals(headers.get("x-request-id"), "abc-1");
  assertEquals(lines.some(({ requestId, texts }) => requestId === "abc-1" && texts === 1), true);
});

Deno.test("another server passes requests on to the models", async () => {
  const outer = new Hono().get("/", (c) => c.text("own")).mount("/models", server.fetch);
  assertEquals(await (await outer.request("/")).text(), "own");
  const response = await outer.request("/models/embed", {
    method: "POST",
    headers: { authorization: "Bearer key", "content-type": "application/json" },
    body: JSON.stringify({ inputs: "the sea" }),
  });
  assertEquals(await response.json(), await answerOf("/embed", { inputs: "the sea" }));
  const unknown = await outer.request("/models/v1/embeddings", { method: "POST" });
  const { error } = await unknown.json() as { error: { type: string } };
  assertEquals([unknown.status, error.type], [401, "authentication_error"]);
});

Deno.test("a client that leaves frees its place", async () => {
  const controller = new AbortController();
  const gone = fetch(`${server.url}/embed`, {
    method: "POST",
    headers: { authorization: "Bearer key", "content-type": "application/json" },
    body: JSON.stringify({ inputs: Array(40).fill("sea ".repeat(60)) }),
    signal: controller.signal,
  });
  await nextTask();
  controller.abort();
  await assertRejects(() => gone);
  await answerOf("/embed", { inputs: "a" });
  const held = async () =>
    (await (await fetch(`${server.url}/metrics`)).text())
      .match(/^lsg_requests_held (\d+)/m)?.[1];
  for (let tries = 0; await held() !== "0" && tries < 200; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assertEquals(await held(), "0");
});

Deno.test("a server that stops answers what runs, and nothing more", async () => {
  const running = [
    send("/embed", { inputs: Array(40).fill("sea ".repeat(60)) }),
    send("/predict", { inputs: [...Array(39).fill(["sea ".repeat(60)]), ["the sea", "a war"]] }),
  ];
  let isOver = false;
  void Promise.race(running).then(() => isOver = true);
  while (await held() !== "2") {
    assertEquals(isOver, false, "a request ended before both were seen");
    await nextTask();
  }
  const stopped = server.stop();
  assertEquals((await Promise.all(running)).map(({ status }) => status), [200, 200]);
  await Promise.all([stopped, server.stop()]);
  await server.stop();
  assertEquals(lines.at(-1)?.event, "stopped");
  await assertRejects(() => fetch(`${server.url}/health`));
});

Deno.test("a start that cannot hold the longest text, or has two models of a name, is refused", async () => {
  const small = await startServer({
    models: [served("bert_sentences")],
    port: 0,
    max_batch_tokens: 8,
  });
  await assertRejects(() => small.ready, RangeError, "its longest text has");
  assertEquals((await fetch(`${small.url}/health`).then((r) => (r.body?.cancel(), r))).status, 503);
  await small.stop();
  const twice = await startServer({ models: [served("a", "bert"), served("a", "bert")], port: 0 });
  await assertRejects(() => twice.ready, RangeError, "two models as a");
  await twice.stop();
});

Deno.test("an answer that would be many times as large as its request is refused", async () => {
  const models = await createHandler({
    models: [served("a/b", "bert_sentences"), served("modernbert", "modernbert", "fill-mask")],
  });
  await models.ready;
  const cases: [string, object, number][] = [
    ["/embed_all", { inputs: Array(260).fill("sea ".repeat(15)), truncate: true }, 200],
    ["/embed_all", { inputs: Array(260).fill("sea ".repeat(16)), truncate: true }, 413],
    ["/", { inputs: Array(260).fill("sea ".repeat(16)), parameters: { pooling: "none" } }, 413],
    ["/", { inputs: ["a"], parameters: { top_k: 65_537 }, model: "modernbert" }, 413],
    ["/tokenize", { inputs: ["a".repeat(2 ** 18), "b".repeat(2 ** 18), "c"] }, 413],
    ["/decode", { ids: Array(2).fill(Array(2 ** 18 + 1).fill(5)) }, 413],
  ];
  for (const [path, body, wanted] of cases) {
    const { status } = await models.fetch(
      new Request(`http://localhost${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    );
    assertEquals([path, status], [path, wanted]);
  }
  for (const name of ["a/b", "a%2Fb"]) {
    const shown = await models.fetch(new Request(`http://localhost/v1/models/${name}`));
    assertEquals((await shown.json()).id, "a/b");
  }
  await models.stop();
});

Deno.test("a server without models says so", async () => {
  const models = await createHandler({ models: [] });
  await models.ready;
  const headers = { "content-type": "application/json" };
  for (
    const request of [
      new Request("http://localhost/info"),
      new Request("http://localhost/", { method: "POST", headers, body: '{"inputs": "a"}' }),
    ]
  ) {
    const answer = await models.fetch(request);
    assertEquals([answer.status, (await answer.json()).error], [404, "There are no models here"]);
  }
  await models.stop();
});

Deno.test("a server that is stopped while it loads ends at once, its threads, too", async () => {
  const hub = Deno.listen({ port: 0 });
  const slow = { ...served("slow"), checkpoint: `http://127.0.0.1:${hub.addr.port}/slow` };
  const early = await startServer({ models: [served("bert_sentences"), slow], port: 0 });
  const connection = await hub.accept();
  await early.stop();
  await assertRejects(() => early.ready, DOMException, "stopped before its models were loaded");
  // The connection ends with its thread.
  await connection.readable.pipeTo(new WritableStream()).catch(() => {});
  hub.close();
});
