import { assertEquals } from "@std/assert";
import { isolate } from "../../../web/shell/isolate.ts";

Deno.test("isolate() gives up a service worker whose script is never answered", async () => {
  const never = new Promise(() => {});
  Object.assign(globalThis, { document: { baseURI: "http://x/document/" } });
  Object.defineProperty(navigator, "serviceWorker", {
    value: { register: () => never, ready: never },
  });
  assertEquals(await isolate("../"), false);
});
