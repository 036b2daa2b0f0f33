import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { openSafetensors } from "../../checkpoint/safetensors_reader.ts";
import {
  encodeSafetensors,
  streamSafetensors,
  streamTensors,
} from "../../checkpoint/safetensors_writer.ts";
import { MemorySource } from "../../checkpoint/memory_source.ts";

const TENSORS = [
  { name: "half", dims: [3], dtype: "F16" as const, data: new Float32Array([1, 2, 3]) },
  { name: "b", dims: [], dtype: "F32" as const, data: new Float32Array([4]) },
  { name: "a", dims: [2, 1], dtype: "F32" as const, data: new Float32Array([5, 6]) },
  { name: "__proto__", dims: [1], dtype: "BF16" as const, data: new Float32Array([7]) },
  { name: "none", dims: [0], dtype: "F32" as const, data: new Float32Array() },
];

async function open(bytes: Uint8Array) {
  return await openSafetensors((await new MemorySource({ f: bytes }).open("f"))!);
}

Deno.test("encodeSafetensors() writes a file that openSafetensors() reads", async () => {
  const file = await open(encodeSafetensors(TENSORS, { note: "é" }));
  for (const { name, dims, dtype, data } of TENSORS) {
    assertEquals(file.dims(name), dims);
    assertEquals(file.entry(name).dtype, dtype);
    assertEquals(await file.load(name), data);
    // Every tensor starts at a multiple of its element's size.
    assertEquals(file.entry(name).start % (dtype === "F32" ? 4 : 2), 0);
  }
  assertEquals(file.names(), ["a", "b", "none", "__proto__", "half"]);
  assertEquals([...file.metadata], [["note", "é"]]);
});

Deno.test("streamSafetensors() yields the same bytes, one tensor at a time", async () => {
  const loaded: string[] = [];
  const chunks: Uint8Array[] = [];
  const load = (name: string) => {
    // The header and all tensors before this one have been yielded.
    assertEquals(chunks.length, loaded.length + 1);
    loaded.push(name);
    return Promise.resolve(TENSORS.find((tensor) => tensor.name === name)!.data);
  };
  for await (const chunk of streamSafetensors(TENSORS, load)) chunks.push(chunk);
  assertEquals(chunks.flatMap((chunk) => [...chunk]), [...encodeSafetensors(TENSORS)]);
});

Deno.test("encodeSafetensors() throws on duplicate names and data of the wrong size", async () => {
  const [half] = TENSORS;
  assertThrows(() => encodeSafetensors([half, half]), RangeError, "distinct tensor names");
  const reserved = { ...half, name: "__metadata__" };
  assertThrows(() => encodeSafetensors([reserved]), RangeError, "__metadata__");
  assertThrows(() => encodeSafetensors([{ ...half, dims: [4] }]), RangeError, "its 3 elements");
  const stream = streamSafetensors([half], () => Promise.resolve(new Float32Array(1)));
  await assertRejects(() => Array.fromAsync(stream), RangeError, "its 1 elements");
  const integers = streamTensors([half], () => Promise.resolve(new Int8Array(3)), {});
  await assertRejects(
    () => Array.fromAsync(integers),
    TypeError,
    "Int8Array, wanted a Float32Array",
  );
});
