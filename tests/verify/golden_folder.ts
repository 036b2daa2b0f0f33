import { fromFileUrl } from "@std/path";
import { type CheckpointSource, FolderSource } from "../../checkpoint/mod.ts";

/** A folder below `tests/golden` by its path, `""` for itself. */
export function goldenFolder(path: string): CheckpointSource {
  return new FolderSource(fromFileUrl(new URL(`../golden/${path}`, import.meta.url)));
}
