/**
 * Rewrites kernels for an unshared memory into kernels for a memory that threads share.
 *
 * The two builds differ only in the declaration of the memory that they import, so the package
 * holds one of them.
 *
 * @module
 */

/** Magic number and version. */
const HEADER_BYTES = 8;

/** The section of imports. */
const IMPORTS = 2;

/** The kind of an imported memory. */
const MEMORY = 2;

/** Flags of a memory's limits: with a maximum, and shared. */
const HAS_MAXIMUM = 1;
const IS_SHARED = 2;

/**
 * Declares the imported memory of a module as shared, with its maximum as its initial size:
 * growing a shared memory costs a check at each access.
 *
 * @param bytes A module whose only import is a memory that is not shared and has a maximum.
 * @returns The module with that import changed; every other byte is as it was.
 * @throws {RangeError} If the module has other imports.
 */
export function shareMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  let at = HEADER_BYTES;
  // Reads an unsigned LEB128 integer: 7 bits a byte, the lowest first. Moves `at` past it.
  const read = (): number => {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const byte = bytes[at++];
      value |= (byte & 127) << shift;
      if (!(byte & 128)) return value;
    }
  };

  // Sections: a number, a length, contents.
  while (at < bytes.length && bytes[at] !== IMPORTS) {
    at++;
    const length = read();
    at += length;
  }
  const sectionStart = at++;
  const sectionEnd = read() + at;
  const contentsStart = at;

  // Contents: a count; each import's two names, kind and declaration.
  const count = read();
  for (let name = 0; name < 2; name++) {
    const length = read();
    at += length;
  }
  const kind = bytes[at++];
  const limitsStart = at;
  const flags = bytes[at++];
  read();
  const maximum = bytes.subarray(at, sectionEnd);
  if (count !== 1 || kind !== MEMORY || flags !== HAS_MAXIMUM) {
    throw new RangeError(
      `Cannot share the memory of a WebAssembly module: got ${count} imports, the first of kind ` +
        `${kind} with flags ${flags}; wanted one, of kind ${MEMORY} (a memory) with flags ` +
        `${HAS_MAXIMUM} (a maximum, not shared)`,
    );
  }

  const contents = [
    ...bytes.subarray(contentsStart, limitsStart),
    ...[HAS_MAXIMUM | IS_SHARED, ...maximum, ...maximum],
  ];
  const section = [IMPORTS, ...unsigned(contents.length), ...contents];
  const rest = bytes.subarray(sectionEnd);
  const shared = new Uint8Array(sectionStart + section.length + rest.length);
  shared.set(bytes.subarray(0, sectionStart));
  shared.set(section, sectionStart);
  shared.set(rest, sectionStart + section.length);
  return shared;
}

/** An unsigned integer as LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}
