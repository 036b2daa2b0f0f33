import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { env, openCheckpoint } from "../../hub/mod.ts";
import { withEnv } from "./with_env.ts";

const settings = env as unknown as Record<string, unknown>;

Deno.test("a key that env does not have is an error that lists those it has", () => {
  for (const name of ["allowLocalModel", "cachedir", "__proto__", "toString"]) {
    const error = assertThrows(() => settings[name] = true, TypeError, `There is no env.${name}`);
    for (const known of Object.keys(env)) assertStringIncludes(error.message, known);
  }
  assertThrows(() => Object.defineProperty(env, "cache", { value: 1 }), TypeError, "env.cache");
  assertEquals(settings.cachedir, undefined);
  assert(!("cachedir" in env));
});

Deno.test("settings of transformers.js that are not here say what to do instead", () => {
  const threads = (value: number) =>
    (settings.backends as Record<string, Record<string, unknown>>)
      .onnx.wasm = { numThreads: value };
  assertThrows(() => threads(4), TypeError, "There is no env.backends: there is no ONNX runtime");
  assertThrows(() => settings.backends = {}, TypeError, "threads, device and dtype are options");
  const advice: [string, unknown, string][] = [
    ["useFS", false, "set allowLocalModels and useFSCache"],
    ["logLevel", 40, "console.warn"],
    ["useCustomCache", true, "set fetch, or load from a source of your own"],
    ["customCache", {}, "open(fileName)"],
    ["useWasmCache", false, "no ONNX runtime"],
    ["experimental_useCrossOriginStorage", true, "own origin"],
  ];
  for (const [name, value, says] of advice) {
    assertThrows(() => settings[name] = value, TypeError, says);
    assertThrows(() => settings[name], TypeError, says);
  }
});

Deno.test("a value of another type is an error, and changes nothing", () => {
  const before = { ...env };
  const wrong: [string, unknown, string][] = [
    ["allowLocalModels", "no", 'Cannot set env.allowLocalModels to "no": wanted a boolean'],
    ["remoteHost", new URL("https://a.org"), "wanted a string"],
    ["localModelPath", null, "wanted a string"],
    ["fetch", "fetch", "wanted a function"],
  ];
  for (const [name, value, says] of wrong) {
    assertThrows(() => settings[name] = value, TypeError, says);
  }
  assertEquals({ ...env }, before);
  // transformers.js's own default in a page.
  settings.cacheDir = null;
  settings.cacheDir = undefined;
});

Deno.test("every key of transformers.js's env is known, or answered", () => {
  // Those of 4.3.2.
  const keys = "version backends logLevel allowRemoteModels remoteHost remotePathTemplate " +
    "allowLocalModels localModelPath useFS useBrowserCache useFSCache cacheDir useCustomCache " +
    "customCache useWasmCache cacheKey experimental_useCrossOriginStorage fetch";
  for (const key of keys.split(" ")) {
    if (!(key in env)) assertThrows(() => settings[key], TypeError, `There is no env.${key}: `);
  }
});

Deno.test("env.fetch sends the requests", async () => {
  const asked: string[] = [];
  const fetched: typeof env.fetch = function (this: unknown, url, init) {
    assertEquals(this, undefined);
    asked.push(`${url} ${new Headers(init.headers).get("accept-encoding")}`);
    return Promise.resolve(new Response("{}", { headers: { etag: '"1"' } }));
  };
  await withEnv({ fetch: fetched, useFSCache: false }, async () => {
    const source = await openCheckpoint("https://models.example/small/");
    const file = await source.open("config.json");
    assertEquals(new TextDecoder().decode(await file!.read(0, 2)), "{}");
  });
  assertEquals(asked, ["https://models.example/small/config.json identity"]);
  await withEnv({ fetch: () => Promise.reject(new TypeError("blocked")) }, async () => {
    const source = await openCheckpoint("https://models.example/other/");
    await assertRejects(() => source.open("config.json"), Error, "cannot be reached");
  });
});
