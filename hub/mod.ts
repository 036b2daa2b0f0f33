/**
 * Checkpoints on servers: the hub, its mirrors, URLs; fetched, checked, cached.
 *
 * @module
 */
export * from "./browser_store.ts";
export * from "./disk_store.ts";
export type { Download } from "./download.ts";
export * from "./env.ts";
export * from "./open_checkpoint.ts";
export * from "./options.ts";
export { ConnectionError, PATIENCE, type Patience } from "./patience.ts";
export * from "./permissions.ts";
export * from "./place.ts";
export type { Digest, FileFacts } from "./remote_file.ts";
export * from "./remote_source.ts";
export type { Answer } from "./request.ts";
export * from "./store.ts";
