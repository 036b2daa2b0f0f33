import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Admission } from "../../serve/admission.ts";
import { ApiError, errorBody, toApiError } from "../../serve/api_error.ts";
import { checkKeys } from "../../serve/api_keys.ts";
import { Metrics } from "../../serve/metrics.ts";
import { parseBody, readBody } from "../../serve/read_body.ts";
import { checkSettings } from "../../serve/check_settings.ts";
import type { ServerSettings } from "../../serve/settings.ts";
import { toBase64 } from "../../serve/to_base64.ts";

function statusOf(error: unknown): number {
  return error instanceof ApiError ? error.status : NaN;
}

Deno.test("errors have the shape of the path's family", () => {
  const error = new ApiError(401, "authentication", "no key");
  assertEquals(errorBody(error, "/v1/embeddings"), {
    error: {
      message: "no key",
      type: "authentication_error",
      param: null,
      code: "invalid_api_key",
    },
  });
  assertEquals(errorBody(error, "/embed"), { error: "no key", error_type: "Unauthorized" });
  assertEquals(errorBody(error, "/"), { error: "no key" });
  const long = errorBody(new ApiError(400, "invalid_request", "x".repeat(5000)), "/");
  assertEquals(JSON.stringify(long).length < 1100, true);
});

Deno.test("what a pipeline refuses is the client's fault, the rest the server's", () => {
  assertEquals(statusOf(toApiError(new RangeError("too long"))), 400);
  assertEquals(statusOf(toApiError(new SyntaxError("no template for it"))), 400);
  assertEquals(statusOf(toApiError(new TypeError("no text"))), 422);
  assertEquals(statusOf(toApiError(new Error("lost"))), 500);
  assertEquals(statusOf(toApiError("lost")), 500);
});

Deno.test("requests beyond the limits get 429 and a time", () => {
  const admission = new Admission(2, 100, () => 7);
  const [first, second] = [admission.enter(), admission.enter()];
  const error = assertThrows(() => admission.enter(), ApiError, "2 requests run and wait");
  assertEquals([error.status, error.retryAfter], [429, 7]);
  // A body alone may be larger.
  first.add(150);
  assertEquals(statusOf(assertThrows(() => second.add(1), ApiError)), 429);
  first.leave();
  second.add(60);
  assertEquals(admission.held, 1);
  second.leave();
  assertEquals(admission.held, 0);
  admission.enter().add(100);
});

Deno.test("only known keys are let in", () => {
  const check = checkKeys(["a", "schlüssel"]);
  check("Bearer a");
  check("bearer  schlüssel ");
  for (
    const given of [undefined, "", "a", "Basic a", "Bearer", "Bearer b", "Bearer a b", "Bearer A"]
  ) {
    assertEquals(statusOf(assertThrows(() => check(given), ApiError)), 401);
  }
  checkKeys([])(undefined);
});

const post = (body: BodyInit | null, headers: HeadersInit = {}) =>
  new Request("http://localhost/", { method: "POST", body, headers });

Deno.test("a body is read up to its limit", async () => {
  const limits = { max_body: 10, body_timeout: 5 };
  const text = async (request: Request) =>
    new TextDecoder().decode(await readBody(request, limits));
  assertEquals(await text(post("0123456789")), "0123456789");
  assertEquals(await text(post(null)), "");
  const large = await assertRejects(() => text(post("0123456789a")), ApiError, "at most 10");
  assertEquals(large.status, 413);
  const parts = new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(2 ** 24));
    },
  });
  assertEquals(statusOf(await assertRejects(() => text(post(parts)), ApiError)), 413);
});

Deno.test("a body that does not come is given up", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const never = new ReadableStream({ pull: () => new Promise(() => {}), cancel: () => resolve() });
  const read = readBody(post(never), { max_body: 10, body_timeout: 0.02 });
  assertEquals(statusOf(await assertRejects(() => read, ApiError)), 408);
  await promise;
});

Deno.test("times may be longer than timers take", async () => {
  for (const body_timeout of [2_147_484, Infinity]) {
    const parts = ReadableStream.from((async function* () {
      yield new TextEncoder().encode("a");
      await new Promise((resolve) => setTimeout(resolve, 20));
    })());
    assertEquals((await readBody(post(parts), { max_body: 10, body_timeout })).length, 1);
  }
});

Deno.test("settings of a server are checked", () => {
  const models = [{ name: "a", checkpoint: "b" }];
  assertEquals(checkSettings({ models, max_texts: Infinity, log: undefined }).models, models);
  const wrong: [object, string][] = [
    [{}, "wanted the setting models"],
    [{ models: "a" }, "a list of models"],
    [{ models: [{ name: "a" }] }, "wanted name, checkpoint"],
    [{ models: [{ ...models[0], task: "embed" }] }, "task"],
    [{ models, max_text: 1 }, "max_text"],
    [{ models, max_texts: NaN }, "max_texts NaN"],
    [{ models, max_concurrent: "1" }, 'max_concurrent "1"'],
    [{ models, port: 65536 }, "0 … 65535"],
    [{ models, drain_timeout: 0 }, "more than 0"],
    [{ models, api_keys: "key" }, "a list of keys"],
  ];
  for (const [settings, message] of wrong) {
    assertThrows(() => checkSettings(settings as ServerSettings), Error, message);
  }
});

Deno.test("a body that breaks off, and one that is too much beside others, are told apart", async () => {
  const limits = { max_body: 10, body_timeout: 5 };
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
  assertEquals(statusOf(await assertRejects(() => readBody(post(broken), limits), ApiError)), 400);
  const full = () => {
    throw new ApiError(429, "overloaded", "full", 1);
  };
  assertEquals(
    statusOf(await assertRejects(() => readBody(post("a"), limits, full), ApiError)),
    429,
  );
});

Deno.test("a body must be JSON in UTF-8", () => {
  assertEquals(parseBody(new TextEncoder().encode('{"a":1}')), { a: 1 });
  for (const bytes of [[], [0x7b], [0x22, 0xff, 0x22]]) {
    assertEquals(statusOf(assertThrows(() => parseBody(Uint8Array.from(bytes)), ApiError)), 400);
  }
});

Deno.test("vectors become little-endian float32 in base64", () => {
  assertEquals(toBase64(Float32Array.of(1, -2)), btoa("\0\0\x80\x3f\0\0\0\xc0"));
  const vector = Float32Array.from({ length: 5000 }, (_, i) => i / 7);
  const bytes = Uint8Array.from(atob(toBase64(vector)), (c) => c.charCodeAt(0));
  assertEquals(new Float32Array(bytes.buffer), vector);
});

Deno.test("metrics tell of the process only where it is asked for, as they watch it for ever", async () => {
  for (const ofProcess of [false, true]) {
    const text = await new Metrics(() => 3, ofProcess).text();
    assertEquals(text.includes("lsg_requests_held 3"), true);
    assertEquals(/^(process|nodejs)_/m.test(text), ofProcess);
  }
});
