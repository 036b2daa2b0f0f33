/** Engines whose dot product of bytes has another meaning than this one's. */

/** What an engine may make of bytes of x from 128 on, and of sums of two products. */
export type Engine = "unsigned" | "signed" | "saturating";

/** Numbers of the sections of a module. */
const [TYPES, FUNCTIONS, CODE] = [1, 3, 10];

/** `i32x4.relaxed_dot_i8x16_i7x16_add_s`, and instructions that a function is made of. */
const DOT = [0xfd, 0x93, 0x02];
const [GET, CALL, END, V128] = [0x20, 0x10, 0x0b, 0x7b];
const WIDEN = {
  signed: [[0xfd, 0x87, 0x01], [0xfd, 0x88, 0x01]],
  unsigned: [[0xfd, 0x89, 0x01], [0xfd, 0x8a, 0x01]],
};
const [DOT_OF_WORDS, NARROW] = [[0xfd, 0xba, 0x01], [0xfd, 0x86, 0x01]];
const [SHUFFLE, ADD, ADD_PAIRS] = [[0xfd, 0x0d], [0xfd, 0xae, 0x01], [0xfd, 0x7e]];

/**
 * Runs `body` with `WebAssembly.compile` as on an engine: dot products of bytes are calls of a
 * function of plain SIMD with that engine's meaning.
 */
export async function onEngine(engine: Engine, body: () => Promise<void>): Promise<void> {
  const { compile } = WebAssembly;
  WebAssembly.compile = (bytes) => compile(emulate(new Uint8Array(bytes as ArrayBuffer), engine));
  try {
    await body();
  } finally {
    WebAssembly.compile = compile;
  }
}

/** A module that imports no functions, with the engine's dot product as another function. */
export function emulate(module: Uint8Array, engine: Engine): Uint8Array<ArrayBuffer> {
  const sections = sectionsOf(module);
  const countOf = (id: number) => read(sections.find((section) => section.id === id)!.content, 0);
  const { value: types } = countOf(TYPES);
  const { value: functions } = countOf(FUNCTIONS);
  // Three bytes, as the instruction has.
  const call = [CALL, functions & 0x7f | 0x80, functions >> 7];
  const bytes = [...module.subarray(0, 8)];
  for (const { id, content } of sections) {
    const { value, end } = read(content, 0);
    const rest = content.subarray(end);
    const changed = id === TYPES
      ? [...leb(value + 1), ...rest, 0x60, 3, V128, V128, V128, 1, V128]
      : id === FUNCTIONS
      ? [...leb(value + 1), ...rest, ...leb(types)]
      : id === CODE
      ? [...leb(value + 1), ...replace(rest, DOT, call), ...dotOf(engine)]
      : content;
    bytes.push(id, ...leb(changed.length), ...changed);
  }
  return Uint8Array.from(bytes);
}

/** The body of `(w, x, c) => c + Σ w·x`. */
function dotOf(engine: Engine): number[] {
  const words = (half: number) => [
    ...[GET, 0, ...WIDEN.signed[half]],
    ...[GET, 1, ...WIDEN[engine === "signed" ? "signed" : "unsigned"][half]],
    ...DOT_OF_WORDS,
  ];
  const both = [...words(0), ...words(1)]; // each of four sums of two products
  const lanes = (first: number) =>
    [0, 2, 4, 6].flatMap((i) => [0, 1, 2, 3].map((byte) => (first + i) * 4 + byte));
  const sum = engine === "saturating"
    ? [...both, ...NARROW, ...ADD_PAIRS]
    : [...both, ...SHUFFLE, ...lanes(0), ...both, ...SHUFFLE, ...lanes(1), ...ADD];
  const body = [0, ...sum, GET, 2, ...ADD, END];
  return [...leb(body.length), ...body];
}

interface Section {
  readonly id: number;
  readonly content: Uint8Array;
}

function sectionsOf(module: Uint8Array): Section[] {
  const sections: Section[] = [];
  for (let at = 8; at < module.length;) {
    const { value, end } = read(module, at + 1);
    sections.push({ id: module[at], content: module.subarray(end, end + value) });
    at = end + value;
  }
  return sections;
}

/** An unsigned number of seven bits a byte, and where it ends. */
function read(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  for (let shift = 0;; shift += 7) {
    value |= (bytes[at] & 0x7f) << shift;
    if (bytes[at++] < 0x80) return { value, end: at };
  }
}

function leb(value: number): number[] {
  return value < 0x80 ? [value] : [value & 0x7f | 0x80, ...leb(value >> 7)];
}

function replace(bytes: Uint8Array, from: readonly number[], to: readonly number[]): Uint8Array {
  const result = bytes.slice();
  let count = 0;
  for (let i = 0; i + from.length <= bytes.length; i++) {
    if (!from.every((byte, j) => bytes[i + j] === byte)) continue;
    result.set(to, i);
    count++;
  }
  if (count === 0) throw new Error("The module has no dot products of bytes");
  return result;
}
