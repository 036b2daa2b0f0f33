import { assertEquals, assertRejects } from "@std/assert";
import { HostedModel } from "../../hosting/mod.ts";
import { env } from "../../hub/env.ts";
import { answerAsHub } from "../helpers/stored_hub.ts";

Deno.test("the thread of a model has the program's settings for loading", async () => {
  const server = Deno.serve(
    { port: 0, onListen: () => {} },
    (request) => answerAsHub(new URL(request.url).pathname),
  );
  const { remoteHost, useFSCache } = env;
  Object.assign(env, { remoteHost: `http://127.0.0.1:${server.addr.port}/`, useFSCache: false });
  const request = {
    checkpoint: "sentence-transformers/all-MiniLM-L6-v2",
    task: "feature-extraction",
    options: { device: "cpu" },
    batchTokens: 64,
  } as const;
  try {
    const model = await HostedModel.load(request);
    assertEquals((await model.run("embed", ["the sea"])).length, 1);
    await model.close();
    env.allowRemoteModels = false;
    await assertRejects(() => HostedModel.load(request), Error, "allowRemoteModels");
  } finally {
    Object.assign(env, { remoteHost, useFSCache, allowRemoteModels: true });
    await server.shutdown();
  }
});

Deno.test("options as large as a request are held once, not for each item", async () => {
  const model = await HostedModel.load({
    checkpoint: new URL("../golden/pipelines/bert_sentences", import.meta.url).pathname,
    options: { device: "wasm", threads: 1 },
    batchTokens: 64,
  });
  const before = Deno.memoryUsage().rss;
  const options = { junk: "x".repeat(2 ** 20) };
  await assertRejects(() => model.run("embed", Array(500).fill("a"), options), TypeError, "junk");
  const megabytes = (Deno.memoryUsage().rss - before) / 2 ** 20;
  assertEquals(megabytes < 250, true, `${megabytes} MB`);
  await model.close();
});
