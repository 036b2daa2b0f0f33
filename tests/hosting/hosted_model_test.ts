import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
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

// In a process of its own: other tests run beside this one.
Deno.test("options as large as a request are held once, not for each item", async () => {
  const script = `
    import { HostedModel } from ${JSON.stringify(import.meta.resolve("../../hosting/mod.ts"))};
    const model = await HostedModel.load({
      checkpoint: ${JSON.stringify(SENTENCES)},
      options: { device: "wasm", threads: 1 },
      batchTokens: 64,
    });
    const before = Deno.memoryUsage().rss;
    const options = { junk: "x".repeat(2 ** 20) };
    const items = Array(500).fill("a");
    const error = await model.run("embed", items, options).catch(({ message }) => message);
    console.log(JSON.stringify([error.slice(0, 80), Deno.memoryUsage().rss - before]));
    Deno.exit();`;
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", "--no-check", "--ext=ts", "-"],
    cwd: fromFileUrl(new URL("../../", import.meta.url)),
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(script));
  await writer.close();
  const { stdout } = await process.output();
  const [error, bytes] = JSON.parse(new TextDecoder().decode(stdout));
  assertStringIncludes(error, "junk");
  assert(bytes < 250e6, `${bytes / 1e6} MB`); // it was 1,000
});
