import { assertEquals, assertRejects } from "@std/assert";
import { HostedModel } from "../../hosting/mod.ts";
import { env } from "../../hub/env.ts";

const request = {
  checkpoint: "pipelines/bert_sentences",
  options: { device: "wasm", threads: 1 },
  batchTokens: 8192,
} as const;

Deno.test("a model's thread has the global settings of the one that starts it", async () => {
  const { localModelPath, allowRemoteModels } = env;
  env.allowRemoteModels = false;
  try {
    await assertRejects(() => HostedModel.load(request), Error, "pipelines/bert_sentences");
    env.localModelPath = new URL("../golden/", import.meta.url).pathname;
    const model = await HostedModel.load(request);
    assertEquals(model.info.task, "feature-extraction");
    await model.close();
  } finally {
    Object.assign(env, { localModelPath, allowRemoteModels });
  }
});
