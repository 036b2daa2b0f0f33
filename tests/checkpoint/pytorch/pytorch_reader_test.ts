import { assert, assertEquals, assertRejects } from "@std/assert";
import { openPytorch, type PytorchFile } from "../../../checkpoint/pytorch/pytorch_reader.ts";
import { openSafetensors } from "../../../checkpoint/safetensors_reader.ts";
import { Random } from "../../../tensor/random.ts";
import {
  archive,
  bytes,
  dictionary,
  fileOf,
  imported,
  number,
  pickle,
  tensor,
  text,
  zip,
} from "./build_pickle.ts";

const GOLDEN = new URL("../../golden/pytorch/", import.meta.url);
const golden = (name: string) => Deno.readFileSync(new URL(name, GOLDEN));

const FILES = [2, 3, 4, 5].flatMap((protocol) => [`zip_${protocol}.bin`, `legacy_${protocol}.bin`]);

const open = (content: Uint8Array) => openPytorch(fileOf(content));
const isInteger = (file: PytorchFile, name: string) => !/^B?F/.test(file.dtype(name));

for (const name of FILES) {
  Deno.test(`openPytorch() reads what PyTorch wrote: ${name}`, async () => {
    const values = await openSafetensors(fileOf(golden("values.safetensors")));
    const file = await open(golden(name));
    assertEquals(file.names().sort(), values.names().sort());
    assertEquals(file.names()[0], "0.weight");
    for (const tensor of file.names()) {
      assertEquals(file.dims(tensor), values.dims(tensor), tensor);
      if (isInteger(file, tensor)) {
        assertEquals(await file.loadIntegers(tensor), await values.loadIntegers(tensor), tensor);
        await assertRejects(() => file.load(tensor), TypeError, "wanted F32");
      } else {
        assertEquals(await file.load(tensor), await values.load(tensor), tensor);
        await assertRejects(() => file.loadIntegers(tensor), TypeError, "wanted an integer");
      }
    }
  });
}

Deno.test("PytorchFile.dtype() says how elements are stored", async () => {
  const file = await open(golden("zip_2.bin"));
  const dtypes = ["half", "bfloat16", "double", "position_ids", "bool"].map((n) => file.dtype(n));
  assertEquals(dtypes, ["F16", "BF16", "F64", "I64", "BOOL"]);
  assertEquals([file.has("half"), file.has("constructor")], [true, false]);
  await assertRejects(() => file.load("none"), RangeError, "model.bin has no tensor none");
});

for (const name of ["zip_2.bin", "legacy_2.bin"]) {
  Deno.test(`PytorchFile.release() frees what was read, and load() what it converted: ${name}`, async () => {
    const reads: Uint8Array[] = [];
    const file = fileOf(golden(name));
    const read = async (start: number, end: number) => {
      reads.push((await file.read(start, end)).slice());
      return reads.at(-1)!;
    };
    const own = await openPytorch({ ...file, read, ownsReads: true });
    const shared = await open(golden(name));
    for (const tensor of own.names().filter((name) => !isInteger(own, name))) {
      reads.length = 0;
      const values = await own.load(tensor);
      assertEquals(values, await shared.load(tensor), tensor);
      own.release!(tensor, values);
      assertEquals(values.length, 0, tensor);
      assertEquals(reads.at(-1)?.length ?? 0, 0, tensor);
    }
    const kept = await shared.load("0.weight");
    shared.release!("0.weight", kept);
    assert(kept.length > 0);
  });
}

for (const [name, expected] of [["zip_2.bin", 2], ["legacy_2.bin", 2]] as const) {
  Deno.test(`PytorchFile.load() reads the tensor's bytes only: ${name}`, async () => {
    const reads: [number, number][] = [];
    const file = await openPytorch(fileOf(golden(name), reads));
    reads.length = 0;
    await file.load("part");
    assertEquals(reads.length, expected);
    // Rows 1 and 2 of a matrix of 6 columns, from column 2 to 4.
    assertEquals(reads[1][1] - reads[1][0], 4 * 9);
    reads.length = 0;
    await file.load("empty");
    assertEquals(reads, []);
  });
}

Deno.test("openPytorch() reads the archive's end and pickle, not its storages", async () => {
  const big = new Uint8Array(1_000_000);
  const reads: [number, number][] = [];
  const content = archive(pickle(dictionary(["a", tensor({ length: 250_000 })])), { 0: big });
  await openPytorch(fileOf(content, reads));
  const read = reads.reduce((sum, [start, end]) => sum + end - start, 0);
  assert(read < 70_000, `${read} bytes`);
});

for (const key of ["state_dict", "model"]) {
  Deno.test(`openPytorch() finds the state dict under ${key}`, async () => {
    const file = await open(golden(`nested_${key}.bin`));
    assertEquals(file.names(), ["a", "b"]);
    assertEquals(await file.load("b"), new Float32Array([1, 1]));
  });
}

Deno.test("openPytorch() reads zip64 and a comment", async () => {
  for (const options of [{ zip64: true }, { comment: "PK\x05\x06 made by hand" }]) {
    const file = await open(archive(pickle(dictionary(["a", tensor()])), undefined, options));
    assertEquals(await file.load("a"), new Float32Array([1, 2]));
  }
});

Deno.test("openPytorch() reads what Python 2 wrote", async () => {
  const list = bytes("](", "](U", 1, "a", tensor(), "e", "e");
  const root = bytes(imported("collections", "OrderedDict"), "(", list, "tR");
  assertEquals((await open(archive(pickle(root)))).names(), ["a"]);
});

/** A file of the legacy format. */
function legacy(
  root: Uint8Array,
  { keys = bytes("](", text("0"), "e"), length = 2, version = 1001, little = 0x88 } = {},
): Uint8Array {
  return bytes(
    golden("legacy_2.bin").slice(0, 15),
    pickle("M", number(version, 2)),
    pickle(dictionary(["little_endian", bytes(little)])),
    pickle(root),
    pickle(keys),
    number(length, 8),
    new Uint8Array(8),
  );
}

const PLAIN = dictionary(["a", tensor()]);
const one = (entry: Uint8Array) => archive(pickle(dictionary(["a", entry])));

const REFUSED: [string, Uint8Array, ErrorConstructor, string][] = [
  ["an empty file", bytes(), SyntaxError, "not a file of torch.save"],
  ["a web page", bytes("<!DOCTYPE html>"), SyntaxError, "a web page"],
  ["a Git LFS pointer", bytes("version https://git-lfs"), SyntaxError, "git lfs pull"],
  ["a tar archive", bytes(new Uint8Array(257), "ustar", new Uint8Array(250)), RangeError, "tar"],
  ["two models", golden("two_models.bin"), RangeError, "keys model, ema: wanted"],
  ["a state dict under another key", golden("other_key.bin"), RangeError, "keys weights: wanted"],
  ["a model beside a tensor", golden("mixed.bin"), RangeError, "keys model, step: wanted"],
  ["a list", golden("list.bin"), RangeError, "something else"],
  ["a class of Python", golden("counter.bin"), RangeError, "imports collections.Counter, which"],
  ["a module", golden("module.bin"), RangeError, "torch.nn.modules.linear.Linear"],
  ["a sparse tensor", golden("sparse.bin"), RangeError, "_rebuild_sparse_tensor"],
  [
    "a command",
    one(bytes(imported("os", "system"), "(", text("true"), "tR")),
    RangeError,
    "imports os.system, which dictionaries of tensors do not need; nothing in it was executed",
  ],
  [
    "a command by another opcode",
    one(bytes(text("builtins"), text("eval"), 0x93, "(", text("1"), "tR")),
    RangeError,
    "imports builtins.eval",
  ],
  ["an inherited name", one(imported("torch", "constructor")), RangeError, "torch.constructor"],
  ["a complex tensor", one(tensor({ type: "ComplexFloatStorage" })), RangeError, "ComplexFloat"],
  ["an instance", one(bytes("c__builtin__\nset\n)\x81")), RangeError, "__builtin__.set"],
  [
    "a program of TorchScript",
    zip([["m/data.pkl", pickle("}")], ["m/constants.pkl", pickle(")")]]),
    RangeError,
    "TorchScript",
  ],
  ["an archive of something else", zip([["a.txt", bytes("a")]]), SyntaxError, "0 data.pkl"],
  [
    "two pickles",
    zip([["a/data.pkl", pickle("}")], ["b/data.pkl", pickle("}")]]),
    SyntaxError,
    "2 data.pkl",
  ],
  [
    "big-endian numbers",
    zip([["m/data.pkl", pickle("}")], ["m/byteorder", bytes("big")]]),
    RangeError,
    "byte order is big",
  ],
  ["a storage that is missing", archive(pickle(PLAIN), {}), SyntaxError, "has no bytes, wanted 8"],
  ["a storage that is short", archive(pickle(PLAIN), { 0: bytes(1) }), SyntaxError, "has 1 bytes"],
  [
    "two types of a storage",
    archive(pickle(dictionary(["a", tensor()], ["b", tensor({ type: "IntStorage" })]))),
    SyntaxError,
    "2 × F32 and as 2 × I32",
  ],
  [
    "a tensor twice",
    archive(pickle(dictionary(["a", tensor()], ["a", tensor()]))),
    SyntaxError,
    'the key "a" twice',
  ],
  ["a name that is a number", archive(pickle("}K\x01", tensor(), "s")), SyntaxError, "got 1"],
  [
    "a parameter of nothing",
    one(bytes("ctorch._utils\n_rebuild_parameter\n(K\x01tR")),
    SyntaxError,
    "not a tensor",
  ],
  [
    "a tensor of nothing",
    one(bytes("ctorch._utils\n_rebuild_tensor_v2\n(tR")),
    SyntaxError,
    "malformed tensor",
  ],
  ["a reference to nothing", one(bytes("K\x01Q")), SyntaxError, "malformed reference"],
  ["a length beyond 2^53", one(tensor({ length: 2 ** 60 })), SyntaxError, "malformed reference"],
  ["a tensor of no magic number", pickle("}"), SyntaxError, "no magic number"],
  ["a later version", legacy(PLAIN, { version: 1002 }), RangeError, "version 1002, wanted 1001"],
  ["big-endian storages", legacy(PLAIN, { little: 0x89 }), RangeError, "byte order"],
  [
    "storages that are not listed",
    legacy(PLAIN, { keys: bytes("]") }),
    SyntaxError,
    "0 is missing",
  ],
  ["no list of storages", legacy(PLAIN, { keys: bytes("}") }), SyntaxError, "no list of storages"],
  [
    "a storage listed twice",
    legacy(PLAIN, { keys: bytes("](", text("0"), text("0"), "e") }),
    SyntaxError,
    "no tensor has or twice",
  ],
  [
    "a part of a storage",
    legacy(dictionary(["a", tensor({ view: bytes("(K\x01K\x00K\x01t") })])),
    RangeError,
    "part of another",
  ],
];

for (const [description, content, ErrorType, message] of REFUSED) {
  Deno.test(`openPytorch() refuses ${description}`, async () => {
    const error = await assertRejects(() => open(content), ErrorType, message);
    assert(error.message.startsWith("Cannot read model.bin: "), error.message);
  });
}

Deno.test("openPytorch() reads a small legacy file, load() checks a storage's length", async () => {
  assertEquals(await (await open(legacy(PLAIN))).load("a"), new Float32Array(2));
  const file = await open(legacy(PLAIN, { length: 3 }));
  await assertRejects(() => file.load("a"), SyntaxError, "has 3 elements, wanted 2");
});

for (const name of ["zip_2.bin", "legacy_2.bin"]) {
  Deno.test(`openPytorch() throws on a file truncated anywhere: ${name}`, async () => {
    const content = golden(name);
    for (let length = 0; length < content.length; length += length < 20 ? 1 : 97) {
      await assertRejects(() => open(content.slice(0, length)), SyntaxError, "model.bin");
    }
    await assertRejects(() => open(content.slice(0, -1)), SyntaxError, "truncated");
  });
}

Deno.test("openPytorch() looks once into a dictionary that is there under many keys", async () => {
  const keys = Array.from({ length: 15_000 }, (_, i) => text(`k${i}`));
  const large = joined(keys.map((key) => bytes(key, "N")));
  const again = joined(keys.map((key) => bytes(key, "h", 0)));
  const content = archive(pickle("}(", large, "uq", 0, "0}(", again, text("a"), tensor(), "u"));
  assertEquals((await open(content)).names(), ["a"]);
});

/** Joins more chunks than a call has arguments. */
function joined(chunks: Uint8Array[]): Uint8Array {
  const halves = [chunks.slice(0, chunks.length / 2), chunks.slice(chunks.length / 2)];
  return chunks.length < 1000 ? bytes(...chunks) : bytes(...halves.map(joined));
}

/** Loads everything, and returns whether it could be read. */
async function isReadable(content: Uint8Array): Promise<boolean> {
  try {
    const file = await open(content);
    for (const name of file.names()) {
      const values = isInteger(file, name) ? await file.loadIntegers(name) : await file.load(name);
      assertEquals(values.length, file.dims(name).reduce((product, size) => product * size, 1));
    }
    return true;
  } catch (error) {
    const clear = [SyntaxError, TypeError, RangeError].some((kind) => error instanceof kind);
    // An error of the engine itself would name neither the file nor a tensor.
    const { message } = error as Error;
    assert(clear && /^Cannot read (model\.bin|tensor)/.test(message), String(error));
    assert(message.length < 600, message);
    return false;
  }
}

/** LSG_FUZZ=50000 deno test -A tests/checkpoint/pytorch takes longer. */
const ROUNDS = Number(Deno.env.get("LSG_FUZZ") ?? 1500);

for (const name of ["zip_2.bin", "legacy_4.bin"]) {
  Deno.test(`openPytorch() of a corrupt file gives valid tensors or a clear error: ${name}`, async () => {
    const content = golden(name);
    const random = new Random(19);
    const draw = (length: number) => random.nextUint32() % length;
    const outcomes = { valid: 0, rejected: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      const corrupt = content.slice();
      for (let change = 0; change <= round % 3; change++) {
        const at = draw(corrupt.length);
        // A bit, any byte, or one of the file's own, which are opcodes often enough.
        if (round % 4 === 0) corrupt[at] ^= 1 << draw(8);
        else if (round % 4 === 1) corrupt[at] = draw(256);
        else corrupt[at] = content[draw(content.length)];
      }
      outcomes[await isReadable(corrupt) ? "valid" : "rejected"]++;
    }
    assert(
      outcomes.valid > ROUNDS / 20 && outcomes.rejected > ROUNDS / 4,
      JSON.stringify(outcomes),
    );
  });
}
