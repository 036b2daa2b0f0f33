/**
 * Rotary position embeddings.
 *
 * @module
 */
import type { GpuKernel } from "./kernel.ts";
import { invocations, type Kernel, MAIN } from "./machine/commands.ts";

/**
 * One invocation per pair of columns.
 *
 * A position times a frequency in float32 would be off by many turns at position 10⁶, so angles are
 * counted in turns, as fixed-point numbers of 64 bits: overflow drops whole turns. Sine and
 * cosine are polynomials on an eighth of a turn to each side (Cephes, sinf and cosf, error 2⁻²³),
 * as WGSL's own are accurate to 2⁻¹¹ only.
 */
const KERNEL: Kernel = {
  name: "rotate",
  code: /* wgsl */ `
struct Shape {
  rows: u32,
  tokens: u32,
  heads: u32,
  /** Pairs of a head. */
  half: u32,
}
struct Words {
  shape: Shape,
  /** Turns per position of each pair: upper and lower word of a fraction of one turn. */
  turns: array<vec2<u32>>,
}
@group(0) @binding(0) var<storage, read> words: Words;
@group(0) @binding(1) var<storage, read> x: array<Stored>;
@group(0) @binding(2) var<storage, read> positions: array<i32>;
@group(0) @binding(3) var<storage, read_write> y: array<Stored>;

/** The upper word of a product. */
fn upperProduct(a: u32, b: u32) -> u32 {
  let low = (a & 0xffff) * (b & 0xffff);
  let crossed = (a >> 16) * (b & 0xffff) + (low >> 16);
  let middle = (a & 0xffff) * (b >> 16) + (crossed & 0xffff);
  return (a >> 16) * (b >> 16) + (crossed >> 16) + (middle >> 16);
}

/** Cosine and sine of a fraction of a turn. */
fn direction(turn: u32) -> vec2<f32> {
  let quarter = (turn + 0x20000000) >> 30;
  let r = f32(i32(turn - (quarter << 30))) * 1.46291807926715968e-9; // 2π / 2³²
  let s = r * r;
  let sine = fma(fma(fma(-1.9515295891e-4, s, 8.3321608736e-3), s, -1.6666654611e-1) * s, r, r);
  let p = fma(fma(2.443315711809948e-5, s, -1.388731625493765e-3), s, 4.166664568298827e-2);
  let cosine = fma(p * s, s, fma(-0.5, s, 1));
  switch quarter {
    case 0: {
      return vec2(cosine, sine);
    }
    case 1: {
      return vec2(-sine, cosine);
    }
    case 2: {
      return vec2(-cosine, -sine);
    }
    default: {
      return vec2(sine, -cosine);
    }
  }
}
${MAIN}
  let shape = words.shape;
  let column = i / shape.half;
  let row = column / shape.heads;
  if (row >= shape.rows) {
    return;
  }
  let position = positions[row % shape.tokens];
  let steps = u32(abs(position));
  let turns = words.turns[i % shape.half];
  let angle = direction(steps * turns.x + upperProduct(steps, turns.y));
  let cosine = angle.x;
  let sine = select(angle.y, -angle.y, position < 0);
  let first = column * 2 * shape.half + i % shape.half;
  let second = first + shape.half;
  let a = f32(x[first]);
  let b = f32(x[second]);
  y[first] = Stored(a * cosine - b * sine);
  y[second] = Stored(b * cosine + a * sine);
}
`,
};

/** Rotates pairs of columns by their position's angles; see cpu/rotate.ts. */
export const rotate: GpuKernel<"rotate"> = (
  { x, positions },
  y,
  { batch, tokens, heads, width, theta },
) => {
  const half = width / 2;
  const rows = batch * tokens;
  const turns = Array.from(
    { length: half },
    (_, i) => fixedPoint(theta ** (-i / half) / 2 / Math.PI),
  );
  return [{
    kernel: KERNEL,
    words: [rows, tokens, heads, half, ...turns.flat()],
    buffers: [x.buffer, positions.buffer, y.buffer],
    groups: invocations(rows * heads * half),
  }];
};

/** The fraction of a number in two words. */
function fixedPoint(value: number): [upper: number, lower: number] {
  const shifted = (value % 1) * 2 ** 32;
  return [Math.floor(shifted), Math.floor((shifted % 1) * 2 ** 32)];
}
