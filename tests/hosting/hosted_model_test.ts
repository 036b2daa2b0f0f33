import { assertEquals, assertRejects } from "@std/assert";
import { HostedModel } from "../../hosting/mod.ts";
import { env } from "../../hub/env.ts";
import { SENTENCES } from "../batch/batches.ts";
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

Deno.test("a call whose items cannot be sent to the thread is not left open", async () => {
  const model = await HostedModel.load({
    checkpoint: SENTENCES,
    task: "feature-extraction",
    options: { device: "wasm", threads: 1 },
    batchTokens: 64,
  });
  await assertRejects(() => model.run("embed", [() => 1]), Error, "could not be cloned");
  assertEquals(model.calls, 0);
  assertEquals((await model.run("embed", ["the sea"])).length, 1);
  await model.close();
});
