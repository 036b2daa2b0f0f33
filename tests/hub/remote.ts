import { DiskStore } from "../../hub/disk_store.ts";
import { locateRepository, type RemoteLocation } from "../../hub/location.ts";
import { type RemoteOptions, RemoteSource } from "../../hub/remote_source.ts";
import { type HubServer, makeBytes, readAll } from "./hub_server.ts";
import { withEnv } from "./with_env.ts";

/** Retries for local servers. */
export const RETRY_POLICY = { attempts: 3, delay: 1, timeout: 10_000 };
/** The commit that servers send. */
export const COMMIT = "0123456789abcdef0123456789abcdef01234567";
/** The weights in {@linkcode FILES}. */
export const BYTES: Uint8Array = makeBytes(300_000);
/** The files of the repository `a/b`. */
export const FILES = { "a/b/config.json": '{"x": 1}', "a/b/model.safetensors": BYTES };

/** Locates the repository `a/b` on a server. */
export function locate(server: HubServer, revision = "main"): RemoteLocation {
  return withEnv({ remoteHost: server.url }, () => locateRepository("a/b", revision));
}

/** Opens a source with a cache on disk, as a new process would. */
export function open(
  server: HubServer,
  cache: string,
  options: RemoteOptions & { revision?: string } = {},
) {
  const at = locate(server, options.revision);
  return new RemoteSource(at, {
    retryPolicy: RETRY_POLICY,
    store: new DiskStore(cache, at.key),
    ...options,
  });
}

/** Opens a source without a cache. */
export function openDirect(server: HubServer, options: RemoteOptions = {}) {
  return new RemoteSource(locate(server), { retryPolicy: RETRY_POLICY, ...options });
}

/** Reads a file as text. */
export async function readText(file: Parameters<typeof readAll>[0]): Promise<string> {
  return new TextDecoder().decode(await readAll(file));
}

/** Lists the names in a folder, in order. */
export async function listNames(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}
