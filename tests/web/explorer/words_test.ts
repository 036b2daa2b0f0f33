import { assertEquals, assertRejects } from "@std/assert";
import { splitIntoTokens } from "../../../web/explorer/words.ts";

const MODEL = new URL("../../../demo/model/", import.meta.url);

Deno.test("splitIntoTokens() tries again after a download that failed", async () => {
  let isDown = true;
  Object.assign(globalThis, { document: { baseURI: "http://x/explorer/" } });
  globalThis.fetch = async (input) => {
    if (isDown) throw new TypeError("Failed to fetch");
    const name = String(input).split("/").at(-1)!;
    return new Response(await Deno.readFile(new URL(name, MODEL)));
  };
  await assertRejects(() => splitIntoTokens("The sea."), TypeError, "Failed to fetch");
  isDown = false;
  assertEquals(await splitIntoTokens("The sea."), ["The", " sea", "."]);
});
