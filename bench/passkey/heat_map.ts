/**
 * Heat maps of lengths and depths as SVG.
 *
 * @module
 */

/** A map of one variant. */
export interface HeatMap {
  /** Name above the map. */
  readonly name: string;
  /** A column of cells for each length; shares from 0 to 1, by depth. */
  readonly columns: readonly (readonly number[])[];
  /** What stands below a column besides its length. */
  readonly notes: readonly string[];
}

/** Maps side by side. */
export interface HeatMaps {
  /** Title of the picture. */
  readonly title: string;
  /** Line below the title. */
  readonly subtitle: string;
  /** The length of each column. */
  readonly lengths: readonly number[];
  /** The maps. */
  readonly maps: readonly HeatMap[];
}

/** Maps in a row of the picture. */
const PER_ROW = 3;
const [LEFT, TOP, CELL_HEIGHT] = [76, 110, 17];
const [MAP_WIDTH, GAP_X, GAP_Y] = [230, 30, 92];
/** From none right to all right: light to dark, so that it can be read without colours. */
const [NONE, ALL] = [[255, 244, 229], [0, 86, 140]];

/**
 * Draws heat maps.
 *
 * @param picture The maps; all have the same lengths and depths.
 * @returns An SVG document.
 * @throws {RangeError} If there is no map, a map has another shape, or a share is not from 0 to 1.
 */
export function drawHeatMaps({ title, subtitle, lengths, maps }: HeatMaps): string {
  const depths = maps[0]?.columns[0]?.length ?? 0;
  for (const { name, columns, notes } of maps) {
    const isEven = columns.length === lengths.length && notes.length === lengths.length &&
      columns.every((column) => column.length === depths);
    if (!isEven || !columns.flat().every((share) => share >= 0 && share <= 1)) {
      throw new RangeError(
        `Cannot draw the map ${name}: wanted ${lengths.length} columns of ${depths} shares from 0 to 1`,
      );
    }
  }
  if (depths === 0) throw new RangeError("Cannot draw heat maps without cells");
  const mapHeight = depths * CELL_HEIGHT;
  const rows = Math.ceil(maps.length / PER_ROW);
  const width = LEFT + Math.min(PER_ROW, maps.length) * (MAP_WIDTH + GAP_X);
  const height = TOP + rows * (mapHeight + GAP_Y) - 20;
  const drawn = maps.flatMap((map, i) => {
    const x = LEFT + (i % PER_ROW) * (MAP_WIDTH + GAP_X);
    const y = TOP + Math.floor(i / PER_ROW) * (mapHeight + GAP_Y);
    return drawMap(map, lengths, x, y);
  });
  const summary = maps.map(({ name, columns }) =>
    `${name}: ${
      lengths.map((length, i) => `${length} tokens ${percent(mean(columns[i]))}`).join(", ")
    }`
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" ` +
    'font-family="system-ui, sans-serif" font-size="12" fill="#222">',
    `<title>${escape(title)}</title>`,
    `<desc>${escape(`Keys found, by length. ${summary.join(". ")}.`)}</desc>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(LEFT, 30, title, 'font-size="16" font-weight="600"'),
    text(LEFT, 52, subtitle, 'fill="#666"'),
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

function drawMap(
  { name, columns, notes }: HeatMap,
  lengths: readonly number[],
  left: number,
  top: number,
): string[] {
  const depths = columns[0].length;
  const cell = MAP_WIDTH / lengths.length;
  const bottom = top + depths * CELL_HEIGHT;
  const lines = [text(left, top - 10, name, 'font-size="13" font-weight="600"')];
  columns.forEach((column, i) => {
    const x = left + i * cell;
    column.forEach((share, depth) => {
      const y = top + depth * CELL_HEIGHT;
      lines.push(
        `<rect x="${round(x)}" y="${y}" width="${round(cell)}" height="${CELL_HEIGHT}" ` +
          `fill="${colour(share)}" stroke="#fff"/>`,
        text(
          x + cell / 2,
          y + 13,
          `${Math.round(100 * share)}`,
          `font-size="10" text-anchor="middle" fill="${share > 0.6 ? "#fff" : "#222"}"`,
        ),
      );
    });
    const middle = 'text-anchor="middle"';
    lines.push(
      text(x + cell / 2, bottom + 16, lengths[i].toLocaleString("en"), middle),
      text(x + cell / 2, bottom + 32, percent(mean(column)), `${middle} font-weight="600"`),
      text(x + cell / 2, bottom + 47, notes[i], `${middle} font-size="11" fill="#666"`),
    );
  });
  if (left === LEFT) {
    lines.push(
      text(left - 6, top + 13, "start", 'text-anchor="end"'),
      text(left - 6, bottom - 5, "end", 'text-anchor="end"'),
      text(left - 6, bottom + 16, "tokens", 'text-anchor="end"'),
      text(left - 6, bottom + 32, "all depths", 'text-anchor="end"'),
    );
  }
  return lines;
}

function colour(share: number): string {
  const mixed = NONE.map((from, i) => Math.round(from + share * (ALL[i] - from)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function text(x: number, y: number, words: string, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escape(words)}</text>`;
}

function escape(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
