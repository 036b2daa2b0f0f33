/**
 * Checkpoints on servers (the hub, its mirrors, URLs): fetched, checked, cached.
 *
 * @example A file of a repository
 * ```ts
 * import { openCheckpoint } from "@lsg/core/hub";
 *
 * const source = await openCheckpoint("FacebookAI/roberta-base", { revision: "main" });
 * const file = await source.open("config.json");
 * console.log(file?.size);
 * ```
 *
 * @module
 */
export { BrowserStore } from "./browser_store.ts";
export * from "./disk_store.ts";
export type { Download } from "./download.ts";
export * from "./env.ts";
export type { Digest, FileMetadata } from "./file_metadata.ts";
export * from "./location.ts";
export * from "./open_checkpoint.ts";
export * from "./options.ts";
export * from "./permissions.ts";
export * from "./remote_source.ts";
export type { FileResponse } from "./request.ts";
export type { FileRequest, HubHeaders } from "./send.ts";
export { ConnectionError, RETRY_POLICY, type RetryPolicy } from "./retry.ts";
export * from "./store.ts";
