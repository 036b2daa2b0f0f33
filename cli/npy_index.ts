/**
 * Indexes in NumPy's format, with ids beside them.
 *
 * @module
 */
import { showName, showValue } from "../base/show_value.ts";
import type { CheckpointFile } from "../checkpoint/source.ts";
import { openFile } from "../checkpoint/disk.ts";
import { idsPathOf } from "./embedding_table.ts";
import { withReason } from "./file_errors.ts";
import { checkRow, checkVector, type IndexFile } from "./index_row.ts";
import { openLines } from "./jsonl_index.ts";

/** Bytes that are read at once. */
const CHUNK_BYTES = 2 ** 22;

/** Longest header; version 1.0 has at most 65,535 bytes. */
const LONGEST_HEADER = 65536;

/** A matrix of 32-bit floats in a file. */
interface Matrix {
  readonly file: CheckpointFile;
  /** Where the values begin. */
  readonly start: number;
  readonly rows: number;
  readonly width: number;
}

/**
 * Opens an index in NumPy's format; ids and texts are in NAME.ids.jsonl.
 *
 * @param path The file.
 * @returns The index.
 * @throws {SyntaxError} If it is not in this format.
 * @throws {RangeError} If it holds anything but a matrix of 32-bit floats, or another number of rows
 * than there are ids.
 */
export async function openNpy(path: string): Promise<IndexFile> {
  const matrix = await openMatrix(path);
  const ids = idsPathOf(path);
  const { encoder, lines } = await openLines(ids);
  return {
    encoder,
    rows: async function* () {
      const described = lines();
      for await (const { row, vector } of readRows(matrix)) {
        const line = await described.next();
        if (line.done) throw unequal(path, matrix.rows, ids, row);
        const { where, value } = line.value;
        yield {
          ...checkRow(where, value),
          vector: checkVector(`row ${row + 1} of ${path}`, vector),
        };
      }
      const { done } = await described.next();
      if (!done) throw unequal(path, matrix.rows, ids, matrix.rows + 1);
    },
  };
}

function unequal(path: string, rows: number, ids: string, lines: number): RangeError {
  const more = lines > rows ? "more" : `only ${lines}`;
  return new RangeError(
    `Cannot search ${showName(path)}: it has ${rows} rows, and ${showName(ids)} ${more}`,
  );
}

async function openMatrix(path: string): Promise<Matrix> {
  const file = await withReason("read", path, openFile(path));
  const name = showName(path);
  if (file === undefined) throw new RangeError(`Cannot read ${name}: there is no such file`);
  const fail = (reason: string): never => {
    throw new SyntaxError(`Cannot read ${name}: ${reason}`);
  };
  const head = await file.read(0, Math.min(12, file.size));
  const isNpy = head.length === 12 && head[0] === 0x93 &&
    String.fromCharCode(...head.subarray(1, 6)) === "NUMPY";
  if (!isNpy) fail("it is not in NumPy's format");
  const view = new DataView(head.buffer, head.byteOffset);
  const [length, from] = head[6] === 1 ? [view.getUint16(8, true), 10] : [
    view.getUint32(8, true),
    12,
  ];
  const start = from + length;
  if (![1, 2, 3].includes(head[6]) || length > LONGEST_HEADER || start > file.size) {
    fail("its header is malformed");
  }
  const header = new TextDecoder().decode(await file.read(from, start));
  const found = header.match(
    /^\{'descr': '([^']*)', 'fortran_order': (True|False), 'shape': \(([\d, ]*)\), ?\}\s*$/,
  );
  if (!found) fail(`its header is malformed: ${showValue(header.trim())}`);
  const [, type, order, sizes] = found!;
  const shape = sizes.split(",").map((size) => size.trim()).filter((size) => size !== "");
  if (type !== "<f4" || order !== "False" || shape.length !== 2) {
    throw new RangeError(
      `Cannot search ${name}: wanted a matrix of float32 (<f4) in C order, got ${header.trim()}`,
    );
  }
  const [rows, width] = shape.map(Number);
  if (file.size !== start + 4 * rows * width || rows === 0 || width === 0) {
    fail(`it has ${file.size - start} bytes of values, its header says ${rows} × ${width} × 4`);
  }
  return { file, start, rows, width };
}

async function* readRows({ file, start, rows, width }: Matrix) {
  const atOnce = Math.max(1, Math.floor(CHUNK_BYTES / (4 * width)));
  for (let first = 0; first < rows; first += atOnce) {
    const count = Math.min(atOnce, rows - first);
    const from = start + 4 * width * first;
    const bytes = await withReason(
      "read",
      file.name,
      file.read(from, from + 4 * width * count),
    );
    const values = new Float32Array(bytes.slice().buffer);
    for (let i = 0; i < count; i++) {
      yield { row: first + i, vector: values.subarray(i * width, (i + 1) * width) };
    }
  }
}
