import { DiskStore } from "../../hub/disk_store.ts";
import { hubPlace, type RemotePlace } from "../../hub/place.ts";
import { type RemoteOptions, RemoteSource } from "../../hub/remote_source.ts";
import { type HubServer, readAll, someBytes } from "./hub_server.ts";
import { withEnv } from "./with_env.ts";

/** For servers on this machine. */
export const PATIENCE = { tries: 3, pause: 1, stall: 10_000 };
/** The commit that servers tell. */
export const COMMIT = "0123456789abcdef0123456789abcdef01234567";
/** The weights in {@linkcode FILES}. */
export const BYTES: Uint8Array = someBytes(300_000);
/** The files of the repository `a/b`. */
export const FILES = { "a/b/config.json": '{"x": 1}', "a/b/model.safetensors": BYTES };

/** The repository `a/b` on a server. */
export function place(server: HubServer, revision = "main"): RemotePlace {
  return withEnv({ remoteHost: server.url }, () => hubPlace("a/b", revision));
}

/** A source with a cache on disk, as a new process would open it. */
export function open(
  server: HubServer,
  cache: string,
  options: RemoteOptions & { revision?: string } = {},
) {
  const at = place(server, options.revision);
  return new RemoteSource(at, {
    patience: PATIENCE,
    store: new DiskStore(cache, at.key),
    ...options,
  });
}

/** A source without a cache. */
export function openDirect(server: HubServer, options: RemoteOptions = {}) {
  return new RemoteSource(place(server), { patience: PATIENCE, ...options });
}

/** A file as text. */
export async function text(file: Parameters<typeof readAll>[0]): Promise<string> {
  return new TextDecoder().decode(await readAll(file));
}

/** The names in a folder, in order. */
export async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}
