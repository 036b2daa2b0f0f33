/**
 * Outputs that would overwrite what a command reads.
 *
 * @module
 */
import { fstatSync, type Stats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { ifPresent } from "../checkpoint/disk.ts";
import { UsageError } from "./arguments.ts";
import { withReason } from "./file_errors.ts";
import { isStandardInput } from "./input.ts";
import { isCheckpointFile } from "../checkpoint/checkpoint_file.ts";
import { followLinks } from "./write_aside.ts";

/**
 * Refuses an output that is the text itself, by whatever path or link.
 *
 * @param output Path of the output.
 * @param input Path of the text; standard input if undefined.
 * @throws {UsageError} If both are the same file.
 */
export async function refuseOwnText(output: string, input: string | undefined): Promise<void> {
  const written = await withReason("read", output, ifPresent(stat(output)));
  if (!written?.isFile()) return;
  const read = isStandardInput(input) ? fstatSync(0) : await ifPresent(stat(input!));
  if (read === undefined || !isSame(written, read)) return;
  throw new UsageError(
    `Cannot write ${output}: it is the text that is read${input ? ` (${input})` : ""}, wanted ` +
      "another file",
  );
}

/**
 * Refuses an output that is a file of the model, by whatever path or link, or would become one.
 *
 * @param output Path of the output.
 * @param folder The model's folder.
 * @throws {UsageError} If it is.
 */
export async function refuseOwnModel(output: string, folder: string): Promise<void> {
  const refuse = (file: string) => {
    throw new UsageError(
      `Cannot write ${output}: it is a file of the model (${file}), wanted another file`,
    );
  };
  for (const path of [output, await withReason("write", output, followLinks(output))]) {
    const parent = await ifPresent(realpath(dirname(path)));
    if (parent === await realpath(folder) && isCheckpointFile(basename(path))) {
      refuse(`${folder}/${basename(path)}`);
    }
  }
  const written = await withReason("read", output, ifPresent(stat(output)));
  if (!written?.isFile()) return;
  for (const path of await listFiles(folder)) {
    const file = await ifPresent(stat(path));
    if (file && isSame(written, file)) refuse(path);
  }
}

/** Lists the files of a folder and of the folders in it, where modules are. */
async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const inner = entries.filter((entry) => entry.isDirectory()).map(async ({ name }) =>
    (await readdir(`${folder}/${name}`)).map((file) => `${folder}/${name}/${file}`)
  );
  return [
    ...entries.filter((entry) => !entry.isDirectory()).map(({ name }) => `${folder}/${name}`),
    ...(await Promise.all(inner)).flat(),
  ];
}

function isSame(a: Stats, b: Stats): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}
