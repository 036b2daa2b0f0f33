import { assert, assertEquals } from "@std/assert";
import { bundle } from "../helpers/bundle.ts";

Deno.test("a bundle for browsers imports nothing of Node at its start", async () => {
  const file = await Deno.makeTempFile({ suffix: ".js" });
  try {
    await bundle("training/mod.ts", file);
    const text = await Deno.readTextFile(file);
    assert(text.includes("Trainer"));
    // Not those of a script in a string, which Node's threads run.
    const imports = text.replace(/`[^`]*`/g, "").matchAll(
      /^\s*(?:import|export)\b[^("'`]*["']([^"']+)["']/gm,
    );
    assertEquals([...imports].map(([, name]) => name), []);
  } finally {
    await Deno.remove(file);
  }
});
