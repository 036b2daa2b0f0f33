/**
 * NumPy's format.
 *
 * @module
 */

/**
 * Makes the header of a file of 32-bit floats, version 1.0: a Python dictionary, aligned to 64 bytes.
 *
 * @param rows Number of rows.
 * @param width Values of a row.
 * @returns The header; the values follow, row-major, the lowest byte first.
 */
export function npyHeader(rows: number, width: number): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${width}), }`;
  const length = Math.ceil((text.length + 11) / 64) * 64 - 10;
  const header = `\x93NUMPY\x01\x00${String.fromCharCode(length & 255, length >> 8)}`;
  return Uint8Array.from(`${header}${text.padEnd(length - 1)}\n`, (c) => c.charCodeAt(0));
}
