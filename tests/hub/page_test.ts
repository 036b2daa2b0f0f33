import { assertEquals, assertRejects } from "@std/assert";
import { readJsonObject } from "../../checkpoint/source.ts";
import type { HubEnvironment } from "../../hub/env.ts";
import { openCheckpoint } from "../../hub/open_checkpoint.ts";
import type { HubOptions } from "../../hub/options.ts";
import { HubServer } from "./hub_server.ts";
import { withEnv } from "./with_env.ts";

/** Defines globals as a page or a worker has them while a test runs; undefined removes one. */
async function withGlobals(values: Record<string, unknown>, test: () => Promise<void>) {
  const names = Object.keys(values);
  const kept = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
  for (const name of names) {
    Reflect.deleteProperty(globalThis, name);
    if (values[name] === undefined) continue;
    Object.defineProperty(globalThis, name, { value: values[name], configurable: true });
  }
  try {
    await test();
  } finally {
    names.forEach((name, i) => {
      Reflect.deleteProperty(globalThis, name);
      if (kept[i]) Object.defineProperty(globalThis, name, kept[i]);
    });
  }
}

/** A browser has no process; its page is at a URL of the server. */
function inPage(server: HubServer, test: () => Promise<void>): Promise<void> {
  const page = { baseURI: `${server.url}app/index.html?x=1#y` };
  return withGlobals({ process: undefined, document: page }, test);
}

/** Returns which checkpoint a text opens. */
async function load(
  text: string,
  settings: Partial<HubEnvironment> = {},
  options: HubOptions = {},
): Promise<unknown> {
  return await withEnv(
    { useBrowserCache: false, allowLocalModels: false, ...settings },
    async () => {
      return (await readJsonObject(await openCheckpoint(text, options), "config.json"))?.from;
    },
  );
}

const FILES = {
  "app/models/x/config.json": '{"from": "beside the page"}',
  "models/x/config.json": '{"from": "root"}',
  "models/owner/name/config.json": '{"from": "local"}',
  "app/own/owner/name/tokenizer.json": "{}",
  "app/own/owner/name/config.json": '{"from": "own"}',
  "hub/owner/name/config.json": '{"from": "hub"}',
  "hub/owner/other/config.json": '{"from": "hub, other"}',
};

Deno.test("in a page a path is relative to it, whatever env allows", async () => {
  await using server = new HubServer(FILES);
  await inPage(server, async () => {
    for (const allowRemoteModels of [true, false]) {
      const settings = { allowRemoteModels };
      assertEquals(await load("./models/x", settings), "beside the page");
      assertEquals(await load("./models/x/", settings), "beside the page");
      assertEquals(await load("../models/x", settings), "root");
      assertEquals(await load("/models/x", settings, { local_files_only: true }), "root");
    }
    assertEquals(server.requests.map(({ path }) => path).slice(0, 3), [
      "app/models/x/config.json",
      "app/models/x/config.json",
      "models/x/config.json",
    ]);
    await assertRejects(() => load("./x", {}, { revision: "v1" }), RangeError, "no revisions");
  });
});

Deno.test("in a worker made of a blob paths are relative to the page's host", async () => {
  await using server = new HubServer(FILES);
  const location = { href: `blob:${server.url}0d7a5c` };
  await withGlobals({ process: undefined, location }, async () => {
    assertEquals(await load("/models/x"), "root");
  });
});

Deno.test("in a page env.localModelPath is a path or a URL, searched before the hub", async () => {
  await using server = new HubServer(FILES);
  await inPage(server, async () => {
    const remoteHost = `${server.url}hub/`;
    const local = { remoteHost, allowLocalModels: true };
    const token = "hf_x";
    assertEquals(await load("owner/name", { remoteHost }), "hub");
    const paths = ["/models/", "/models", "../models", `${server.url}models`];
    for (const localModelPath of paths) {
      const settings = { ...local, localModelPath };
      assertEquals(await load("owner/name", settings), "local");
      assertEquals(await load("owner/name", settings, { revision: "v1" }), "local");
      assertEquals(await load("owner/name", { ...settings, allowRemoteModels: false }), "local");
      assertEquals(await load("owner/other", settings, { token }), "hub, other");
    }
    assertEquals(await load("owner/name", { ...local, localModelPath: "./own/" }), "own");
    assertEquals(await load("owner/name", { ...local, localModelPath: "" }), "hub");
    // The token is for the hub.
    for (const { path, authorization } of server.requests) {
      assertEquals(authorization, /^hub.*other/.test(path) ? `Bearer ${token}` : null, path);
    }
  });
});

Deno.test("in a page a checkpoint that is nowhere is an error that says where it was searched", async () => {
  await using server = new HubServer(FILES);
  await inPage(server, async () => {
    const settings = { allowLocalModels: true, localModelPath: "/models/" };
    const nowhere = `there is no checkpoint at ${server.url}models/a/b`;
    const offline = () => load("a/b", { ...settings, allowRemoteModels: false });
    await assertRejects(offline, RangeError, nowhere);
    await assertRejects(() => load("a/b/c", settings), RangeError, `${nowhere}/c, and it is not a`);
    await assertRejects(() => load("a/b/c"), RangeError, "env.allowLocalModels does not allow");
    // A server may send its start page for each path that it does not know.
    server.options.fault = ({ url }) =>
      url.includes("/models/")
        ? new Response("<!doctype html>", { headers: { "content-type": "text/html" } })
        : undefined;
    const remoteHost = `${server.url}hub/`;
    assertEquals(await load("owner/other", { ...settings, remoteHost }), "hub, other");
  });
});
