import { assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { measureCompletions } from "../../bench/completions.ts";
import { startServer } from "../../bench/start_server.ts";

// A process that is left running fails a test, too.
for (
  const [what, script, words] of [
    ["prints no address", "echo hello; echo why >&2", "why"],
    ["does not answer", "echo 'http://127.0.0.1:1; ready'; exec sleep 600", "Cannot start lsg"],
  ]
) {
  Deno.test(`startServer() ends a process that ${what}, and says what it printed`, async () => {
    await assertRejects(() => startServer([], [], ["sh", "-c", script]), Error, words);
  });
}

Deno.test("a server is stopped if it does not answer with a completion", async () => {
  // This model writes no text.
  const model = fromFileUrl(new URL("../../demo/model", import.meta.url));
  await assertRejects(() => measureCompletions(model), Error, "answered 4");
});
