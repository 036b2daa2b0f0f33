import { fromFileUrl } from "@std/path";
import { type CheckpointSource, FolderSource } from "../../checkpoint/mod.ts";

/** Opens a folder below `tests/golden` by path; `""` is `tests/golden` itself. */
export function goldenFolder(path: string): CheckpointSource {
  return new FolderSource(fromFileUrl(new URL(`../golden/${path}`, import.meta.url)));
}
