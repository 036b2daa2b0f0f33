/**
 * Where on which server the files of a checkpoint are.
 *
 * @module
 */
import { env } from "./env.ts";

/** Files of one repository, or below one URL. */
export interface RemotePlace {
  /** Name for messages and progress. */
  readonly name: string;
  /** Path of its folder inside the cache, with "/" between the parts. */
  readonly key: string;
  /** The branch, tag or commit that was asked for; a URL has none but "main". */
  readonly revision: string;
  /**
   * Address of a file.
   *
   * @param fileName A plain file name.
   * @param revision The revision that was asked for, or the commit that it turned out to be.
   */
  url(fileName: string, revision: string): URL;
}

/** One part of a repository's name, as the hub allows them. */
const NAME_PART = /^(?=.{1,96}$)[A-Za-z0-9_](?:[\w.-]*\w)?$/;

/** Where the hub and its mirrors have their files; other places get names of their own. */
const HUB_TEMPLATE = "{model}/resolve/{revision}/";

/**
 * Whether a text has the form `owner/name` or `name` of the hub.
 *
 * @param text The text.
 * @returns False also for what would lead elsewhere: `..`, other slashes, an empty part.
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
 * A repository on `env.remoteHost`.
 *
 * @param name As {@linkcode isRepositoryName} has it.
 * @param revision Branch, tag or commit.
 * @returns The place.
 * @throws {RangeError} If name, revision or the settings in `env` are not of the right form.
 *
 * @example
 * ```ts
 * import { hubPlace } from "@lsg/core/hub";
 * import { assertEquals } from "@std/assert";
 *
 * const place = hubPlace("FacebookAI/roberta-base", "refs/pr/3");
 * assertEquals(
 *   place.url("config.json", place.revision).pathname,
 *   "/FacebookAI/roberta-base/resolve/refs%2Fpr%2F3/config.json",
 * );
 * ```
 */
export function hubPlace(name: string, revision: string): RemotePlace {
  if (!isRepositoryName(name)) {
    throw new RangeError(`Cannot load ${JSON.stringify(name)}: wanted a name like "owner/name"`);
  }
  checkRevision(revision);
  const { remoteHost, remotePathTemplate: template } = env;
  const host = baseUrl(remoteHost, "env.remoteHost");
  if (!template.includes("{model}")) {
    throw new RangeError(
      `Cannot use env.remotePathTemplate ${JSON.stringify(template)}: wanted {model} in it`,
    );
  }
  const url = (fileName: string, version: string) => {
    const path = template.replaceAll("{model}", name)
      .replaceAll("{revision}", encodeURIComponent(version));
    return new URL(`${path.replace(/^\/+|\/+$/g, "")}/${fileName}`, host);
  };
  const site = siteOf(host) + (host.pathname === "/" ? "" : host.pathname) +
    (template === HUB_TEMPLATE ? "" : `/${template}`);
  const key = `${pathPart(site)}/${name.replace("/", "--")}`;
  return { name, key, revision, url };
}

/**
 * Files below a URL.
 *
 * @param text An http or https URL, as of a folder.
 * @returns The place.
 * @throws {RangeError} If the URL has another protocol, a user name, a query or a fragment.
 *
 * @example
 * ```ts
 * import { urlPlace } from "@lsg/core/hub";
 * import { assertEquals } from "@std/assert";
 *
 * const place = urlPlace("https://example.org/models/small");
 * assertEquals(place.url("config.json", "").href, "https://example.org/models/small/config.json");
 * ```
 */
export function urlPlace(text: string): RemotePlace {
  const base = baseUrl(text, "a checkpoint's URL");
  return {
    name: base.href.replace(/\/$/, ""),
    key: `${pathPart(siteOf(base))}/url${pathPart(base.pathname)}`,
    revision: "main",
    url: (fileName) => new URL(fileName, base),
  };
}

/**
 * A text as one part of a path, on every system.
 *
 * @param text Any text.
 * @returns Letters, digits and `_.-%` only; other texts give other parts.
 *
 * @example
 * ```ts
 * import { pathPart } from "@lsg/core/hub";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(pathPart("localhost:80/a"), "localhost%3A80%2Fa");
 * ```
 */
export function pathPart(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*~]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}

/** Git's own rules for names, as far as they keep a name from leading elsewhere. */
function checkRevision(revision: string): void {
  if (!/^[\w][\w./+@-]{0,199}$/.test(revision) || /\.\.|\/\/|\/$|@\{/.test(revision)) {
    throw new RangeError(
      `Cannot load the revision ${JSON.stringify(revision)}: wanted a branch, a tag or a commit`,
    );
  }
}

/** A host as the cache calls it: what came over plain http is never taken for what https gives. */
function siteOf({ protocol, host }: URL): string {
  return protocol === "https:" ? host : `${protocol}${host}`;
}

function baseUrl(text: string, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url && /^https?:$/.test(url.protocol) &&
    url.username + url.password + url.search + url.hash === "";
  if (!isPlain) {
    throw new RangeError(
      `Cannot use ${JSON.stringify(text)} as ${what}: wanted http(s)://host/path, with no ` +
        `user name, query or fragment`,
    );
  }
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}
