import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MappedWeights } from "../../checkpoint/mapped_weights.ts";
import { openSafetensors } from "../../checkpoint/safetensors_reader.ts";
import { encodeSafetensors } from "../../checkpoint/safetensors_writer.ts";
import type { CheckpointFile } from "../../checkpoint/source.ts";

/** Makes a file that records the ranges read. */
function file(bytes: Uint8Array, reads: [number, number][] = []): CheckpointFile {
  return {
    name: "model.safetensors",
    size: bytes.length,
    read(start, end) {
      reads.push([start, end]);
      return Promise.resolve(bytes.slice(start, end));
    },
  };
}

const BYTES = encodeSafetensors([
  { name: "a", dims: [1000], dtype: "F32", data: new Float32Array(1000).fill(1) },
  { name: "b", dims: [2], dtype: "F16", data: new Float32Array([1, -2]) },
], { seed: "7" });

/** Makes a file with a tensor of 64-bit integers, which the writer does not support. */
function integerFile(): Uint8Array {
  const header = new TextEncoder().encode(
    '{"ids": {"dtype": "I64", "shape": [2], "data_offsets": [0, 16]}}',
  );
  return new Uint8Array([
    ...new Uint8Array(new BigUint64Array([BigInt(header.length)]).buffer),
    ...header,
    ...new Uint8Array(new BigInt64Array([7n, -1n]).buffer),
  ]);
}

Deno.test("openSafetensors() reads only the header, load() only the tensor", async () => {
  const reads: [number, number][] = [];
  const tensors = await openSafetensors(file(BYTES, reads));
  const dataStart = BYTES.length - 4004;
  assertEquals(reads, [[0, 8], [8, dataStart]]);
  assertEquals(tensors.names(), ["a", "b"]);
  assertEquals(tensors.has("b"), true);
  assertEquals(tensors.dims("b"), [2]);
  assertEquals(tensors.metadata.get("seed"), "7");
  assertEquals(await tensors.load("b"), new Float32Array([1, -2]));
  assertEquals(reads.slice(2), [[BYTES.length - 4, BYTES.length]]);
});

Deno.test("SafetensorsFile.release() frees what was read for this call alone", async () => {
  const shared = await openSafetensors(file(BYTES));
  const kept = await shared.load("a");
  shared.release("a", kept);
  assertEquals(kept.length, 1000);
  const own = await openSafetensors({ ...file(BYTES), ownsReads: true });
  const mapped = new MappedWeights([["x", { weights: own, name: "a" }]]);
  for (const [weights, name] of [[own, "a"], [own, "b"], [mapped, "x"]] as const) {
    const values = await weights.load(name);
    assert(values.length > 0);
    weights.release(name, values);
    assertEquals(values.length, 0);
  }
  assertEquals(await own.load("b"), new Float32Array([1, -2]));
});

Deno.test("SafetensorsFile.loadHalves() gives the bits of tensors in half precision alone", async () => {
  const own = await openSafetensors({ ...file(BYTES), ownsReads: true });
  const mapped = new MappedWeights([["x", { weights: own, name: "b" }]]);
  assertEquals(await own.loadHalves("a"), undefined);
  const bits = (await mapped.loadHalves("x"))!;
  assertEquals(bits, new Uint16Array([0x3c00, 0xc000]));
  mapped.release("x", bits);
  assertEquals(bits.length, 0);
});

Deno.test("SafetensorsFile.loadIntegers() reads integers", async () => {
  const tensors = await openSafetensors(file(integerFile()));
  assertEquals(await tensors.loadIntegers("ids"), new Int32Array([7, -1]));
  await assertRejects(() => tensors.load("ids"), TypeError, "I64");
});

Deno.test("SafetensorsFile names the file that lacks a tensor", async () => {
  const tensors = await openSafetensors(file(BYTES));
  assertThrows(() => tensors.entry("c"), RangeError, "model.safetensors has no tensor c");
  assertEquals(tensors.has("c"), false);
  await assertRejects(() => tensors.load("__proto__"), RangeError, "no tensor __proto__");
});

Deno.test("openSafetensors() throws on a file truncated anywhere", async () => {
  for (const length of [0, 7, 8, 50, BYTES.length - 4005, BYTES.length - 1]) {
    await assertRejects(() => openSafetensors(file(BYTES.slice(0, length))), Error, "model.safe");
  }
});
