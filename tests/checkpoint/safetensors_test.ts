import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseHeaderLength } from "../../checkpoint/header_length.ts";
import { parseHeader } from "../../checkpoint/safetensors.ts";
import { bytesPerElement } from "../../checkpoint/dtypes.ts";
import { Random } from "../../tensor/random.ts";

/** Parses a header followed by `dataBytes` bytes of data. */
function parse(header: string | Record<string, unknown>, dataBytes: number) {
  const json = typeof header === "string" ? header : JSON.stringify(header);
  const bytes = new TextEncoder().encode(json);
  return parseHeader(bytes, 8 + bytes.length + dataBytes, "model.safetensors");
}

const tensor = (shape: unknown, data_offsets: unknown, dtype: unknown = "F32") => ({
  dtype,
  shape,
  data_offsets,
});

function lengthPrefix(length: bigint): Uint8Array {
  return new Uint8Array(new BigUint64Array([length]).buffer);
}

Deno.test("parseHeader() reads tensors, scalars, empty tensors, metadata and padding", () => {
  const json = JSON.stringify({
    __metadata__: { format: "pt" },
    b: tensor([2, 3], [4, 28]),
    a: tensor([], [0, 4]),
    none: tensor([0, 5], [4, 4]),
  });
  const { tensors, metadata } = parse(json + "   ", 28);
  const dataStart = 8 + json.length + 3;
  assertEquals([...metadata], [["format", "pt"]]);
  assertEquals([...tensors.keys()], ["b", "a", "none"]);
  assertEquals(tensors.get("a"), {
    dtype: "F32",
    dims: [],
    start: dataStart,
    end: dataStart + 4,
  });
  assertEquals(tensors.get("b")?.dims, [2, 3]);
});

Deno.test("parseHeader() reads metadata that is null as none", () => {
  const { tensors, metadata } = parse({ __metadata__: null, a: tensor([2], [0, 8]) }, 8);
  assertEquals([[...tensors.keys()], metadata.size], [["a"], 0]);
});

Deno.test("parseHeader() reads types that no model here is loaded from", () => {
  const header = {
    scales: tensor([3], [0, 3], "F8_E8M0"),
    halves: tensor([2, 3], [3, 6], "F4"),
    quarters: tensor([4], [6, 9], "F6_E2M3"),
    complex: tensor([1], [9, 17], "C64"),
    a: tensor([1], [17, 21]),
  };
  assertEquals(parse(header, 21).tensors.size, 5);
  // Half a byte is none.
  assertThrows(() => parse({ a: tensor([3], [0, 2], "F4") }, 2), RangeError, "needs 1.5 bytes");
});

Deno.test("parseHeader() throws on a header that only takes memory", () => {
  const headers = [
    `{"a":[${"[],".repeat(1_000_000)}[]]}`,
    `{"a":{"dtype":"U8","shape":[${"1,".repeat(2_000_000)}1],"data_offsets":[0,1]}}`,
    `{"${"a".repeat(20_000_000)}":{"dtype":"F31"}}`,
  ];
  for (const header of headers) assertThrows(() => parse(header, 1), RangeError, "wanted at most");
  const many = Array.from({ length: 20_000 }, (_, i) => [`t${i}`, tensor([1], [i, i + 1], "U8")]);
  assertEquals(parse(Object.fromEntries(many), 20_000).tensors.size, 20_000);
});

Deno.test("parseHeader() throws short, plain messages on long and hostile names and values", () => {
  const escapes = "\u001b]0;x\u0007\u009b31m";
  const long = "x".repeat(1_000_000);
  const headers = [
    { [escapes]: tensor([1], [0, 4], "F31") },
    { [long]: tensor([1], [0, 4], "F31") },
    { [long]: 3 },
    { a: tensor([1], [0, 4], long) },
    { a: tensor([1], [0, 4], escapes) },
    { a: tensor(new Array(100_000).fill(1), [0, 8]) },
    { a: tensor([escapes], [0, 4]) },
    { a: tensor([1], long) },
    { [long]: tensor([1], [2, 6]), [escapes]: tensor([1], [0, 4]) },
    { [escapes]: tensor([1], [4, 8]) },
    { __metadata__: { [escapes]: 1 } },
    `{"a": ${escapes}}`,
  ];
  for (const header of headers) {
    const { message } = assertThrows(() => parse(header, 8), Error);
    // deno-lint-ignore no-control-regex -- these must not be there
    assert(message.length < 500 && !/[\x00-\x1f\x7f-\x9f]/.test(message), message.slice(0, 500));
  }
});

Deno.test("parseHeader() reads a tensor named __proto__ like any other", () => {
  const { tensors } = parse('{"__proto__": {"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4);
  assertEquals([...tensors.keys()], ["__proto__"]);
});

Deno.test("parseHeaderLength() throws on truncated files and huge headers", () => {
  assertThrows(() => parseHeaderLength(new Uint8Array(3), 3, "f"), SyntaxError, "got 3 bytes");
  assertThrows(() => parseHeaderLength(lengthPrefix(93n), 100, "f"), SyntaxError, "truncated");
  assertEquals(parseHeaderLength(lengthPrefix(92n), 100, "f"), 92);
  for (const length of [100_000_001n, 2n ** 64n - 1n]) {
    assertThrows(() => parseHeaderLength(lengthPrefix(length), 1e12, "f"), RangeError, "at most");
  }
});

Deno.test("parseHeaderLength() recognizes Git LFS pointers and web pages", () => {
  const length = (text: string) =>
    parseHeaderLength(new TextEncoder().encode(text).slice(0, 8), 200, "f");
  assertThrows(() => length("version https://git-lfs"), RangeError, "git lfs pull");
  assertThrows(() => length("<!DOCTYPE html>"), RangeError, "a web page");
  const message = assertThrows(() => length("PK\x03\x04 zip file"), RangeError).message;
  assert(message.endsWith("at most 100000000"), message);
});

const MALFORMED: [string, string | Record<string, unknown>, number, ErrorConstructor, string][] = [
  ["invalid JSON", '{"a": ', 0, SyntaxError, "not valid JSON"],
  ["a list", "[]", 0, SyntaxError, "must hold an object"],
  ["an empty header", "", 0, SyntaxError, "not valid JSON"],
  [
    "a tensor twice",
    '{"a": {"dtype":"F32","shape":[1],"data_offsets":[0,4]}, ' +
    '"a": {"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
    4,
    SyntaxError,
    "twice",
  ],
  [
    "offsets twice",
    '{"a": {"dtype":"F32","shape":[1],"data_offsets":[0,8],"data_offsets":[0,4]}}',
    4,
    SyntaxError,
    "twice",
  ],
  ["a number as entry", { a: 1 }, 0, TypeError, "must be an object"],
  ["an unknown dtype", { a: tensor([1], [0, 4], "F31") }, 4, TypeError, '"F31"'],
  ["an inherited dtype", { a: tensor([1], [0, 4], "toString") }, 4, TypeError, "unknown dtype"],
  ["no dtype", { a: { shape: [1], data_offsets: [0, 4] } }, 4, TypeError, "unknown dtype"],
  ["no shape", { a: { dtype: "F32", data_offsets: [0, 4] } }, 4, TypeError, "shape must be"],
  ["a negative dim", { a: tensor([-1], [0, 4]) }, 4, TypeError, "shape must be"],
  ["a fractional dim", { a: tensor([0.5, 2], [0, 4]) }, 4, TypeError, "shape must be"],
  ["a dim beyond 2^53", { a: tensor([2 ** 53], [0, 4]) }, 4, TypeError, "shape must be"],
  ["a shape too large", { a: tensor([2], [0, 4]) }, 4, RangeError, "needs 8 bytes"],
  ["a shape too small", { a: tensor([1], [0, 8]) }, 8, RangeError, "needs 4 bytes"],
  ["a product that overflows", { a: tensor(Array(40).fill(2 ** 30), [0, 4]) }, 4, RangeError, ""],
  ["offsets out of range", { a: tensor([2], [0, 8]) }, 4, RangeError, "within the 4 bytes"],
  ["reversed offsets", { a: tensor([1], [4, 0]) }, 4, RangeError, "must ascend"],
  ["fractional offsets", { a: tensor([1], [0.5, 4.5]) }, 8, TypeError, "data_offsets must be"],
  ["negative offsets", { a: tensor([1], [-4, 0]) }, 4, TypeError, "data_offsets must be"],
  ["offsets beyond 2^53", { a: tensor([1], [0, 2 ** 53]) }, 4, TypeError, "data_offsets must be"],
  ["text as offsets", { a: tensor([1], ["0", "4"]) }, 4, TypeError, "data_offsets must be"],
  ["one offset", { a: tensor([1], [4]) }, 4, TypeError, "data_offsets must be"],
  ["three offsets", { a: tensor([1], [0, 4, 4]) }, 4, TypeError, "data_offsets must be"],
  [
    "overlapping tensors",
    { a: tensor([2], [0, 8]), b: tensor([2], [4, 12]) },
    12,
    SyntaxError,
    "tensor b starts at byte",
  ],
  [
    "tensors that share their bytes",
    { a: tensor([1], [0, 4]), b: tensor([1], [0, 4]) },
    4,
    SyntaxError,
    "inside",
  ],
  [
    "a gap between tensors",
    { a: tensor([1], [0, 4]), b: tensor([1], [8, 12]) },
    12,
    SyntaxError,
    "gap",
  ],
  ["a gap before the first tensor", { a: tensor([1], [4, 8]) }, 8, SyntaxError, "gap"],
  ["trailing bytes", { a: tensor([1], [0, 4]) }, 7, SyntaxError, "3 bytes belong to no tensor"],
  ["bytes without tensors", {}, 4, SyntaxError, "4 bytes belong to no tensor"],
  ["metadata that is not an object", { __metadata__: ["pt"] }, 0, TypeError, "__metadata__"],
  ["metadata that is not a string", { __metadata__: { format: 1 } }, 0, TypeError, "__metadata__"],
];

for (const [description, header, dataBytes, ErrorType, message] of MALFORMED) {
  Deno.test(`parseHeader() throws on ${description}`, () => {
    assertThrows(() => parse(header, dataBytes), ErrorType, message);
  });
}

Deno.test("parseHeader() throws on bytes that are not UTF-8", () => {
  const header = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]);
  assertThrows(() => parseHeader(header, 8 + 5, "f"), SyntaxError, "not UTF-8");
});

Deno.test("parseHeader() of a corrupt header gives valid tensors or a clear error", () => {
  const json = JSON.stringify({
    __metadata__: { format: "pt" },
    a: tensor([2, 3], [0, 24]),
    b: tensor([4], [24, 32], "F16"),
    c: tensor([], [32, 40], "I64"),
  });
  const random = new Random(11);
  const outcomes = { valid: 0, rejected: 0 };
  for (let round = 0; round < 3000; round++) {
    const header = new TextEncoder().encode(json);
    for (let change = 0; change <= round % 3; change++) {
      // Characters of the header itself, so that many results are still valid JSON.
      const [to, from] = [random.nextUint32(), random.nextUint32()];
      header[to % header.length] = header[from % header.length];
    }
    const dataStart = 8 + header.length;
    try {
      const { tensors } = parseHeader(header, dataStart + 40, "corrupt file");
      let covered = 0;
      for (const { dtype, dims, start, end } of tensors.values()) {
        assert(start >= dataStart && end <= dataStart + 40);
        assertEquals(
          dims.reduce((product, size) => product * size, 1),
          (end - start) /
            bytesPerElement(dtype),
        );
        covered += end - start;
      }
      assertEquals(covered, 40);
      outcomes.valid++;
    } catch (error) {
      const clear = [SyntaxError, TypeError, RangeError].some((kind) => error instanceof kind);
      // An error of the engine itself would not name the file.
      assert(clear && (error as Error).message.includes("corrupt file"), String(error));
      outcomes.rejected++;
    }
  }
  assert(outcomes.valid > 50 && outcomes.rejected > 1000, JSON.stringify(outcomes));
});
