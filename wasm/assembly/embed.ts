/** Embeddings; see cpu/embed.ts. */
import { EmbedArguments, Lookup } from "./arguments";
import { BLOCK, paddedOf, panelBytes, unpackBlock } from "./quantize";
import { TILE_COLUMNS } from "./tile";
import { share } from "./turns";
import { INTEGER, weightAt } from "./weights";
import { addInto, addScaled } from "./vector";

/** Threads share the tokens. A table of plain rows has `size` 0. */
export function embed(args: EmbedArguments, thread: i32, threads: i32, scratch: usize): void {
  const all = args.batch * args.tokens, width = args.width;
  const lookups = changetype<usize>(args) + offsetof<EmbedArguments>();
  const end = share(all, thread + 1, threads);
  for (let token = share(all, thread, threads); token < end; token++) {
    const to = args.y + <usize> token * width * 4;
    for (let t = 0; t < args.lookups; t++) {
      const lookup = changetype<Lookup>(lookups + t * offsetof<Lookup>());
      const id = load<i32>(lookup.ids + <usize> (token % lookup.count) * 4);
      const row = lookup.table + <usize> id * width * 4;
      const scale = lookup.scale;
      if (lookup.size) addUnpacked(to, lookup.size, lookup.table, id, width, scale, t == 0, scratch);
      else if (scale == 1 && t == 0) memory.copy(to, row, width * 4);
      else if (scale == 1) addInto(to, row, width);
      else {
        if (t == 0) memory.fill(to, 0, width * 4);
        addScaled(to, scale, row, width);
      }
    }
  }
}

function addUnpacked(
  to: usize, size: i32, table: usize, id: i32, width: i32, scale: f32, isFirst: bool, scratch: usize,
): void {
  const panel = table + <usize> (id / TILE_COLUMNS) * panelBytes(width);
  for (let i = 0; i < width; i++) {
    if (size == INTEGER && i % BLOCK == 0) {
      unpackBlock(panel, id % TILE_COLUMNS, i, paddedOf(min(BLOCK, width - i)), scratch);
    }
    const value = scale * (size == INTEGER
      ? load<f32>(scratch + (i % BLOCK << 2))
      : weightAt(size, table, width, id, i));
    store<f32>(to + i * 4, isFirst ? value : load<f32>(to + i * 4) + value);
  }
}
