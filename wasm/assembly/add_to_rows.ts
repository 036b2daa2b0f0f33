/** Sums of rows that belong together; see cpu/add_to_rows.ts. */
import { AddToRowsArguments } from "./arguments";
import { TILE_COLUMNS } from "./tile";
import { nextOf } from "./turns";
import { addScaled } from "./vector";

/** Panels of a turn: few, as the rows of some are added to often. */
const PANELS: i32 = 16;

/** Threads take turns at panels of eight rows of the result; each row has one writer. */
export function addToRows(args: AddToRowsArguments, thread: i32, threads: i32, scratch: usize): void {
  const rows = args.rows, width = args.width, isPacked = args.isPacked != 0;
  const panels = (rows + TILE_COLUMNS - 1) / TILE_COLUMNS;
  for (let first = nextOf(PANELS); first < panels; first = nextOf(PANELS)) {
    for (let panel = first; panel < min(panels, first + PANELS); panel++) {
      const start = panel * TILE_COLUMNS, count = min(TILE_COLUMNS, rows - start);
      const base = args.result + <usize> start * width * 4;
      if (!args.adds) memory.fill(base, 0, <usize> (isPacked ? TILE_COLUMNS : count) * width * 4);
      for (let lane = 0; lane < count; lane++) {
        const at = args.starts + <usize> (start + lane) * 4;
        for (let i = load<i32>(at); i < load<i32>(at, 4); i++) {
          const from = args.y + <usize> load<i32>(args.order + <usize> i * 4) * width * 4;
          if (isPacked) addToLane(base + lane * 4, args.scale, from, width);
          else addScaled(base + <usize> lane * width * 4, args.scale, from, width);
        }
      }
    }
  }
}

/** `to += scale·from`, for every eighth value from `to` on. */
function addToLane(to: usize, scale: f32, from: usize, width: i32): void {
  for (let i = 0; i < width; i++, to += TILE_COLUMNS * 4) {
    store<f32>(to, load<f32>(to) + scale * load<f32>(from + (i << 2)));
  }
}
