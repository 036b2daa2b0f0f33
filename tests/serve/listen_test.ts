import { assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import { listen } from "../../serve/listen.ts";

/**
 * Sends parts of a request, and returns what comes until the server closes: where it has not read all
 * that was sent, the system says that it reset the connection.
 */
async function exchange(port: number, parts: readonly string[]): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const sending = (async () => {
    for (const part of parts) {
      await connection.write(new TextEncoder().encode(part)).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  let answer = "";
  const bytes = new Uint8Array(1000);
  try {
    for (let count; (count = await connection.read(bytes)) !== null;) {
      answer += new TextDecoder().decode(bytes.subarray(0, count));
    }
  } catch (error) {
    assertInstanceOf(error, Deno.errors.ConnectionReset);
  }
  await sending;
  connection.close();
  return answer;
}

Deno.test("a client that sends its request too slowly, or nothing at all, is sent away", async () => {
  const { url, stop } = await listen(() => new Response("here"), "127.0.0.1", 0, 150);
  const port = Number(new URL(url).port);
  assertEquals(await (await fetch(url)).text(), "here");
  const slow = ["GET / HTTP/1.1\r\nhost: a\r\nx-slow: ", ..."a".repeat(20)];
  const [late, silent] = await Promise.all([exchange(port, slow), exchange(port, [])]);
  assertMatch(late, /^HTTP\/1.1 408 /);
  assertEquals(silent === "" || silent.startsWith("HTTP/1.1 408 "), true, silent);
  await stop();
});
