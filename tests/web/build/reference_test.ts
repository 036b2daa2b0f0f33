import { assertEquals, assertMatch } from "@std/assert";
import { adaptPage, listModules } from "../../../web/build/reference.ts";

Deno.test("adaptPage() names the package in the first import, and the icon", () => {
  const page = (name: string) =>
    `<head><title>x</title></head><h3>Usage</h3><div class="markdown"><pre class="highlight">` +
    `<code class="language-typescript">import { pipeline } from &quot;${name}&quot;;`;
  assertMatch(adaptPage(page("."), "../i.svg"), /<head><link rel="icon" href="..\/i.svg"/);
  assertMatch(adaptPage(page("."), ""), /from &quot;@lsg\/core&quot;;$/);
  assertMatch(adaptPage(page("tokenizer"), ""), /from &quot;@lsg\/core\/tokenizer&quot;;$/);
  const other = "<body>import x from &quot;.&quot;;</body>";
  assertEquals(adaptPage(other, ""), other);
});

Deno.test("listModules() has the first sentence of every exported module", async () => {
  const modules = await listModules();
  assertMatch(modules, /<a href="..\/api\/">@lsg\/core<\/a><\/dt><dd>[A-Z][^<]*\.<\/dd>/);
  assertMatch(modules, /<a href="..\/api\/ops\/">@lsg\/core\/ops<\/a>/);
});
