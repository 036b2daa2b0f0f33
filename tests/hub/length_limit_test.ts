import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { encodeSafetensors } from "../../checkpoint/mod.ts";
import { assertLength } from "../../hub/assert_length.ts";
import { HubServer, readAll, withCache } from "./hub_server.ts";
import { listNames, locate, open, openDirect } from "./remote.ts";

const MEGABYTE = 2 ** 20;
const TENSOR = { name: "w", dims: [2000], dtype: "F32" as const };
const FILE = encodeSafetensors([{ ...TENSOR, data: new Float32Array(2000).fill(1) }]);

/** Sends some bytes without a length, and then without end; counts what is sent. */
function sendWithoutEnd(start: Uint8Array, headers: HeadersInit = {}) {
  const sent = { megabytes: 0 };
  const respond = () => {
    let isStart = true;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(isStart ? start : new Uint8Array(MEGABYTE).fill(32));
        isStart = false;
        sent.megabytes++;
      },
    });
    return new Response(body as BodyInit, { headers });
  };
  return { sent, respond };
}

Deno.test("a text that does not end is refused beyond 100 MB, with and without a cache", () =>
  withCache(async (cache) => {
    await using server = new HubServer({});
    const { sent, respond } = sendWithoutEnd(new Uint8Array([123]), { etag: '"x"' });
    server.options.fault = respond;
    for (const source of [open(server, cache), openDirect(server)]) {
      for (const name of ["config.json", "vocab.txt", "spiece.model", "pytorch_model.bin"]) {
        sent.megabytes = 0;
        const message = "wanted at most 100000000";
        await assertRejects(() => source.open(name), RangeError, message);
        assert(sent.megabytes < 130, `${sent.megabytes} MB sent`);
      }
    }
    assertEquals(await listNames(`${cache}/${locate(server).key}/contents`), []);
  }));

Deno.test("a text whose announced length is above 100 MB is refused before it is read", async () => {
  await using server = new HubServer({});
  const { sent, respond } = sendWithoutEnd(new Uint8Array([123]), {
    "content-length": "100000001",
  });
  server.options.fault = respond;
  await assertRejects(
    () => openDirect(server).open("tokenizer.json"),
    RangeError,
    "at most 100000",
  );
  assert(sent.megabytes < 20, `${sent.megabytes} MB sent`);
});

Deno.test("weights without a length end where their header says", () =>
  withCache(async (cache) => {
    await using server = new HubServer({});
    for (const source of [open(server, cache), openDirect(server)]) {
      // In one piece, and byte by byte as far as the header goes.
      for (const first of [FILE.length, 1, 5, 8, 40]) {
        server.options.fault = () => {
          const parts = [FILE.slice(0, first), FILE.slice(first)].filter(({ length }) => length);
          return new Response(ReadableStream.from(parts) as BodyInit);
        };
        const name = `model-${first}.safetensors`;
        assertEquals(await readAll(await source.open(name)), FILE);
      }
      const { sent, respond } = sendWithoutEnd(FILE);
      server.options.fault = respond;
      const message = `wanted at most ${FILE.length}`;
      await assertRejects(() => source.open("model.safetensors"), RangeError, message);
      assert(sent.megabytes < 20, `${sent.megabytes} MB sent`);
    }
  }));

Deno.test("weights without a length and a valid header are refused at once", async () => {
  await using server = new HubServer({});
  const { sent, respond } = sendWithoutEnd(new TextEncoder().encode("version https://git-lfs"));
  server.options.fault = respond;
  const load = () => openDirect(server).open("model.safetensors");
  await assertRejects(load, RangeError, "is not a safetensors file");
  assert(sent.megabytes < 20, `${sent.megabytes} MB sent`);
});

Deno.test("weights are as long as the server says", () => {
  assertLength("a/model.safetensors", 2 ** 40);
  assertLength("a/pytorch_model.bin", 2 ** 40);
  assertThrows(() => assertLength("a/merges.txt", 2 ** 40), RangeError);
});
