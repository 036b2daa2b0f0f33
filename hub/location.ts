/**
 * Locations of checkpoints on servers.
 *
 * @module
 */
import { env } from "./env.ts";

/** Location of the files of one repository, or below one URL. */
export interface RemoteLocation {
  /** Name for messages and progress. */
  readonly name: string;
  /** Path of its folder in the cache, separated by "/". */
  readonly key: string;
  /** The requested branch, tag or commit; always "main" for a URL. */
  readonly revision: string;
  /**
   * Returns the URL of a file.
   *
   * @param fileName A plain file name.
   * @param revision The requested revision, or the commit that it resolves to.
   */
  url(fileName: string, revision: string): URL;
}

/** One component of a repository's name, by the hub's rules. */
const NAME_PART = /^(?=.{1,96}$)[A-Za-z0-9_](?:[\w.-]*\w)?$/;

/** Path template of the hub and its mirrors; any other template is part of the cache's key. */
const HUB_TEMPLATE = "{model}/resolve/{revision}/";

/**
 * Returns whether a text is a repository name of the hub, `owner/name` or `name`.
 *
 * @param text The text.
 * @returns False also for anything that could escape: `..`, more slashes, an empty component.
 *
 * @example
 * ```ts
 * import { isRepositoryName } from "@lsg/core/hub";
 * import { assert } from "@std/assert";
 *
 * assert(isRepositoryName("ccdv/lsg-bart-base-4096") && isRepositoryName("roberta-base"));
 * assert(!isRepositoryName("../secret") && !isRepositoryName("a/b/c"));
 * ```
 */
export function isRepositoryName(text: string): boolean {
  const parts = text.split("/");
  return parts.length <= 2 && parts.every((part) => NAME_PART.test(part)) &&
    !/\.\.|--|\.git$|\.ipynb$/.test(text);
}

/**
 * Locates a repository on `env.remoteHost`.
 *
 * @param name A name that {@linkcode isRepositoryName} accepts.
 * @param revision Branch, tag or commit.
 * @returns The location.
 * @throws {RangeError} If the name, the revision or the settings in `env` are malformed.
 *
 * @example
 * ```ts
 * import { locateRepository } from "@lsg/core/hub";
 * import { assertEquals } from "@std/assert";
 *
 * const location = locateRepository("FacebookAI/roberta-base", "refs/pr/3");
 * assertEquals(
 *   location.url("config.json", location.revision).pathname,
 *   "/FacebookAI/roberta-base/resolve/refs%2Fpr%2F3/config.json",
 * );
 * ```
 */
export function locateRepository(name: string, revision: string): RemoteLocation {
  if (!isRepositoryName(name)) {
    throw new RangeError(`Cannot load ${JSON.stringify(name)}: wanted a name like "owner/name"`);
  }
  assertRevision(revision);
  const { remoteHost, remotePathTemplate: template } = env;
  const host = parseBaseUrl(remoteHost, "env.remoteHost");
  for (const part of revision === "main" ? ["{model}"] : ["{model}", "{revision}"]) {
    if (template.includes(part)) continue;
    throw new RangeError(
      `Cannot use env.remotePathTemplate ${JSON.stringify(template)}: wanted ${part} in it`,
    );
  }
  const url = (fileName: string, version: string) => {
    const path = template.replaceAll("{model}", name)
      .replaceAll("{revision}", encodeURIComponent(version));
    return new URL(`${path.replace(/^\/+|\/+$/g, "")}/${fileName}`, host);
  };
  const site = cacheSite(host) + (host.pathname === "/" ? "" : host.pathname) +
    (template === HUB_TEMPLATE ? "" : `/${template}`);
  const key = `${encodePathComponent(site)}/${name.replace("/", "--")}`;
  return { name, key, revision, url };
}

/**
 * Locates the files below a URL.
 *
 * @param text An http or https URL of a folder.
 * @returns The location.
 * @throws {RangeError} If the URL has another protocol, a user name, a query or a fragment.
 *
 * @example
 * ```ts
 * import { locateUrl } from "@lsg/core/hub";
 * import { assertEquals } from "@std/assert";
 *
 * const location = locateUrl("https://example.org/models/small");
 * assertEquals(location.url("config.json", "").href, "https://example.org/models/small/config.json");
 * ```
 */
export function locateUrl(text: string): RemoteLocation {
  const base = parseBaseUrl(text, "a checkpoint's URL");
  return {
    name: base.href.replace(/\/$/, ""),
    key: `${encodePathComponent(cacheSite(base))}/url${encodePathComponent(base.pathname)}`,
    revision: "main",
    url: (fileName) => new URL(fileName, base),
  };
}

/**
 * Encodes a text as one path component that is valid on every operating system.
 *
 * @param text Any text.
 * @returns Letters, digits and `_.-%` only; different texts have different encodings.
 *
 * @example
 * ```ts
 * import { encodePathComponent } from "@lsg/core/hub";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(encodePathComponent("localhost:80/a"), "localhost%3A80%2Fa");
 * ```
 */
export function encodePathComponent(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
}

/** Asserts git's rules for names, as far as they prevent a path from escaping. */
function assertRevision(revision: string): void {
  if (!/^[\w][\w./+@-]{0,199}$/.test(revision) || /\.\.|\/\/|\/$|@\{/.test(revision)) {
    throw new RangeError(
      `Cannot load the revision ${JSON.stringify(revision)}: wanted a branch, a tag or a commit`,
    );
  }
}

/** The host as part of the cache's key: files received by plain http are kept apart. */
function cacheSite({ protocol, host }: URL): string {
  return protocol === "https:" ? host : `${protocol}${host}`;
}

function parseBaseUrl(text: string, use: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url && /^https?:$/.test(url.protocol) &&
    url.username + url.password + url.search + url.hash === "";
  if (!isPlain) {
    throw new RangeError(
      `Cannot use ${JSON.stringify(text)} as ${use}: wanted http(s)://host/path, with no ` +
        `user name, query or fragment`,
    );
  }
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}
