import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { parseRedisUrl } from "../../batch/redis.ts";

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
