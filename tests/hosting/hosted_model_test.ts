import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { HostedModel, type ModelRequest, ThreadEnded } from "../../hosting/mod.ts";
import { env } from "../../hub/env.ts";
import { SENTENCES } from "../batch/batches.ts";
import { answerAsHub } from "../helpers/stored_hub.ts";

const ONE_THREAD: ModelRequest = {
  checkpoint: SENTENCES,
  options: { device: "wasm", threads: 1 },
  batchTokens: 64,
};

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
  const model = await HostedModel.load(ONE_THREAD);
  await assertRejects(() => model.run("embed", [() => 1]), Error, "could not be cloned");
  assertEquals(model.calls, 0);
  assertEquals((await model.run("embed", ["the sea"])).length, 1);
  await model.close();
});

Deno.test("a model that is closed or ended refuses calls", async () => {
  const model = await HostedModel.load(ONE_THREAD);
  const asked = model.run("embed", ["the sea"]);
  const closed = model.close();
  await assertRejects(() => model.run("embed", ["a river"]), ThreadEnded, "is being closed");
  assertEquals((await asked).length, 1);
  await closed;
  await assertRejects(() => model.run("embed", ["a river"]), ThreadEnded, "was ended");
  await Promise.all([model.terminate(), model.close()]);
});

Deno.test("a model that is ended fails its calls at once, whatever else ends it", async () => {
  const model = await HostedModel.load(ONE_THREAD);
  const asked = model.run("embed", Array(50).fill("the sea"));
  const closed = model.close();
  const ended = model.terminate();
  assertEquals(model.calls, 0);
  await assertRejects(() => asked, ThreadEnded, "was ended");
  await Promise.all([closed, ended, model.terminate()]);
});

Deno.test("a model that is not wanted any more is not loaded to the end", async () => {
  const controller = new AbortController();
  const loading = HostedModel.load(ONE_THREAD, {}, controller.signal);
  controller.abort(new Error("not wanted"));
  await assertRejects(() => loading, Error, "not wanted");
});

/** Runs a script in a process of its own, as other tests run beside it, and parses what it prints. */
// deno-lint-ignore no-explicit-any
async function runScript(script: string): Promise<any> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", "--no-check", "--ext=ts", "-"],
    cwd: fromFileUrl(new URL("../../", import.meta.url)),
    stdin: "piped",
    stdout: "piped",
    signal: AbortSignal.timeout(60_000),
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`
    import { HostedModel } from ${JSON.stringify(import.meta.resolve("../../hosting/mod.ts"))};
    const request = ${JSON.stringify(ONE_THREAD)};
    ${script}`));
  await writer.close();
  const { stdout, signal } = await process.output();
  assertEquals(signal, null, "it does not end");
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test({
  name: "the threads of a model's backend end with it, whether it waits or runs",
  ignore: Deno.build.os !== "linux", // which lists the names of threads
  fn: async () => {
    const counts = await runScript(`
      const names = () => [...Deno.readDirSync("/proc/self/task")].map(({ name }) => {
        try {
          return Deno.readTextFileSync("/proc/self/task/" + name + "/comm");
        } catch {
          return ""; // it has ended
        }
      });
      const count = () => names().filter((name) => name.startsWith("worker-")).length;
      const counts = [];
      request.options.threads = 2;
      for (const isWaiting of [true, false]) {
        const model = await HostedModel.load(request);
        const asked = model.run("embed", ["the sea"]);
        if (isWaiting) await asked;
        counts.push(count());
        await Promise.all([model.terminate(), asked.catch(() => {})]);
        // They end soon after it.
        for (let i = 0; i < 25 && count() > 0; i++) {
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        counts.push(count());
      }
      console.log(JSON.stringify(counts));`);
    assertEquals([counts[0], counts[1], counts[3]], [3, 0, 0]);
  },
});

Deno.test("options that cannot be sent to a thread are refused, and leave none", async () => {
  const error = await runScript(`
    request.options.progress_callback = () => {};
    const error = await HostedModel.load(request).catch(({ name, message }) => [name, message]);
    console.log(JSON.stringify(error));`);
  assertEquals(error[0], "TypeError");
  assertStringIncludes(error[1], "a function cannot be sent");
});

Deno.test("options as large as a request are held once, not for each item", async () => {
  const [error, bytes] = await runScript(`
    const model = await HostedModel.load(request);
    const before = Deno.memoryUsage().rss;
    const options = { junk: "x".repeat(2 ** 20) };
    const items = Array(500).fill("a");
    const error = await model.run("embed", items, options).catch(({ message }) => message);
    console.log(JSON.stringify([error.slice(0, 80), Deno.memoryUsage().rss - before]));
    Deno.exit();`);
  assertStringIncludes(error, "junk");
  assert(bytes < 250e6, `${bytes / 1e6} MB`); // it was 1,000
});
