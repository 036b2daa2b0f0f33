import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import { awaitRedis, connectRedis, parseRedisUrl, RedisError } from "../../batch/redis.ts";

Deno.test("parseRedisUrl() reads host, port, user, password, database, TLS", () => {
  assertEquals(parseRedisUrl("redis://localhost"), {
    host: "localhost",
    port: 6379,
    username: undefined,
    password: undefined,
    db: 0,
  });
  assertEquals(parseRedisUrl("rediss://me:p%40ss%2F@[::1]:7000/3"), {
    host: "::1",
    port: 7000,
    username: "me",
    password: "p@ss/",
    db: 3,
    tls: {},
  });
  assertEquals(parseRedisUrl("redis://:only@host/").password, "only");
});

Deno.test("parseRedisUrl() refuses others, and never quotes them", () => {
  const wrong: Readonly<Record<string, string>> = {
    "secret": "malformed",
    "http://:secret@host": "scheme",
    "redis://": "no host",
    "redis://:secret@host/name": "database",
    "redis://:secret@host?db=1": "behind ?",
    "redis://:secret%@host": "begin a code",
  };
  for (const [url, reason] of Object.entries(wrong)) {
    const { message } = assertThrows(() => parseRedisUrl(url), RangeError, reason);
    assertFalse(message.includes("secret"), message);
    assert(message.includes("wanted redis://"));
  }
});

for (
  const [how, end] of [
    ["before it is asked", (connection: Deno.Conn) => connection.close()],
    ["when it is asked", async (connection: Deno.Conn) => {
      await connection.read(new Uint8Array(1));
      connection.close();
    }],
  ] as const
) {
  Deno.test(`a Redis that ends ${how} is absent`, async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const ended = (async () => {
      for await (const connection of listener) await end(connection);
    })();
    const { port } = listener.addr as Deno.NetAddr;
    const connecting = connectRedis(`redis://127.0.0.1:${port}`, () => {});
    const { isAbsent } = await assertRejects(() => connecting, RedisError, "Cannot use Redis");
    assert(isAbsent);
    listener.close();
    await ended;
  });
}

Deno.test("a signal ends the waiting for a Redis that is absent", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const waiting = awaitRedis("redis://127.0.0.1:1", () => {}, controller.signal);
  controller.abort(reason);
  assertEquals(await waiting.catch((error) => error), reason);
});
