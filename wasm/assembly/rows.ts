/** Rooms that move or add rows; what they mean is in the files of their names in cpu/. */
import { weightAt } from "./weights";

/**
 * Arguments: y, batch, tokens, width, tables; for each ids, how many ids, table, bytes of a packed
 * value or 0 for plain rows.
 */
export function embed(args: usize, thread: i32, threads: i32): void {
  const y = load<usize>(args), places = load<i32>(args, 4) * load<i32>(args, 8);
  const width = load<i32>(args, 12), tables = load<i32>(args, 16);
  for (let place = places * thread / threads; place < places * (thread + 1) / threads; place++) {
    const to = y + <usize> place * width * 4;
    for (let t = 0; t < tables; t++) {
      const lookup = args + 20 + t * 16;
      const id = load<i32>(load<usize>(lookup) + <usize> (place % load<i32>(lookup, 4)) * 4);
      const table = load<usize>(lookup, 8), size = load<i32>(lookup, 12);
      const row = table + <usize> id * width * 4;
      if (size) addUnpacked(to, size, table, id, width, t == 0);
      else if (t == 0) memory.copy(to, row, width * 4);
      else addInto(to, row, width);
    }
  }
}

function addUnpacked(to: usize, size: i32, table: usize, id: i32, width: i32, isFirst: bool): void {
  for (let i = 0; i < width; i++) {
    const value = weightAt(size, table, width, id, i);
    store<f32>(to + i * 4, isFirst ? value : load<f32>(to + i * 4) + value);
  }
}

/** Arguments: x, y, result, how many values x has, how many y has. */
export function add(args: usize, thread: i32, threads: i32): void {
  const x = load<usize>(args), y = load<usize>(args, 4), result = load<usize>(args, 8);
  const count = load<i32>(args, 12), repeat = load<i32>(args, 16);
  if (count == 0) return;
  const rows = count / repeat;
  for (let row = rows * thread / threads; row < rows * (thread + 1) / threads; row++) {
    const at = <usize> row * repeat * 4;
    memory.copy(result + at, x + at, repeat * 4);
    addInto(result + at, y, repeat);
  }
}

function addInto(to: usize, from: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(to + (i << 2), f32x4.add(v128.load(to + (i << 2)), v128.load(from + (i << 2))));
  }
  for (; i < count; i++) {
    store<f32>(to + (i << 2), load<f32>(to + (i << 2)) + load<f32>(from + (i << 2)));
  }
}

/** Arguments: x, y, result, batch, bytes of x in a sequence, of y, whether all share x. */
export function concatRows(args: usize, thread: i32, threads: i32): void {
  const x = load<usize>(args), y = load<usize>(args, 4), result = load<usize>(args, 8);
  const batch = load<i32>(args, 12), xBytes = load<usize>(args, 16), yBytes = load<usize>(args, 20);
  const shared = load<i32>(args, 24);
  for (let b = thread; b < batch; b += threads) {
    const to = result + b * (xBytes + yBytes);
    memory.copy(to, shared ? x : x + b * xBytes, xBytes);
    memory.copy(to + xBytes, y + b * yBytes, yBytes);
  }
}

/** Arguments: x, index, y, batch, rows, picked, bytes of a row, how many indices. */
export function gatherRows(args: usize, thread: i32, threads: i32): void {
  const x = load<usize>(args), index = load<usize>(args, 4), y = load<usize>(args, 8);
  const rows = load<i32>(args, 16), picked = load<i32>(args, 20);
  const bytes = load<usize>(args, 24), indices = load<i32>(args, 28);
  const all = load<i32>(args, 12) * picked;
  for (let i = all * thread / threads; i < all * (thread + 1) / threads; i++) {
    const row = load<i32>(index + <usize> (i % indices) * 4);
    const to = y + i * bytes;
    if (row < 0) memory.fill(to, 0, bytes);
    else memory.copy(to, x + (<usize> (i / picked) * rows + row) * bytes, bytes);
  }
}

/** Arguments: x, index, y, result, batch, rows, picked, bytes of a row. */
export function scatterRows(args: usize, thread: i32, threads: i32): void {
  const x = load<usize>(args), index = load<usize>(args, 4), y = load<usize>(args, 8);
  const result = load<usize>(args, 12), batch = load<i32>(args, 16), rows = load<i32>(args, 20);
  const picked = load<i32>(args, 24), bytes = load<usize>(args, 28);
  for (let b = thread; b < batch; b += threads) {
    memory.copy(result + b * rows * bytes, x + b * rows * bytes, rows * bytes);
    for (let i = 0; i < picked; i++) {
      const row = load<i32>(index + <usize> (b * picked + i) * 4);
      if (row < 0) continue;
      memory.copy(result + (<usize> b * rows + row) * bytes, y + (<usize> b * picked + i) * bytes, bytes);
    }
  }
}

/** Arguments: x, positions, y, rows, tokens, heads, width, theta (f64 in two words). */
export function rotate(args: usize, thread: i32, threads: i32): void {
  const x = load<usize>(args), positions = load<usize>(args, 4), y = load<usize>(args, 8);
  const rows = load<i32>(args, 12), tokens = load<i32>(args, 16), heads = load<i32>(args, 20);
  const width = load<i32>(args, 24), theta = load<f64>(args, 28);
  const half = width / 2;
  for (let row = rows * thread / threads; row < rows * (thread + 1) / threads; row++) {
    const position = load<i32>(positions + <usize> (row % tokens) * 4);
    for (let i = 0; i < half; i++) {
      const angle = <f64> position * NativeMath.pow(theta, <f64> (-2 * i) / width);
      const cosine = <f32> NativeMath.cos(angle), sine = <f32> NativeMath.sin(angle);
      for (let h = 0; h < heads; h++) {
        const at = ((<usize> row * heads + h) * width + i) * 4;
        const first = load<f32>(x + at), second = load<f32>(x + at + half * 4);
        store<f32>(y + at, first * cosine - second * sine);
        store<f32>(y + at + half * 4, second * cosine + first * sine);
      }
    }
  }
}
