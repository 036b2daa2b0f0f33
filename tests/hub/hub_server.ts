/** Files by path; text is encoded as UTF-8. */
export type Files = Record<string, string | Uint8Array>;

/** Differences between a test's server and the hub. */
export interface ServerOptions {
  /** Commit of "main", sent with each file; absent: no commit is sent. */
  commit?: string;
  /** Sends an ETag; on by default. */
  etags?: boolean;
  /** Further headers of each response with a file. */
  headers?: Record<string, string>;
  /** Supports ranges; on by default. */
  ranges?: boolean;
  /** Returns a response that replaces the ordinary one. */
  fault?: (request: Request, count: number) => Response | undefined | Promise<Response | undefined>;
  /** Server to which requests for `.safetensors` are redirected, with their hash. */
  cdn?: HubServer;
}

/** A local server that behaves like the hub, except as its options say. */
export class HubServer implements AsyncDisposable {
  /** All requests received. */
  readonly requests: {
    path: string;
    range: string | null;
    ifRange: string | null;
    authorization: string | null;
  }[] = [];
  /** Files by path, without the leading slash. */
  files: Files;
  options: ServerOptions;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(files: Files, options: ServerOptions = {}) {
    this.files = files;
    this.options = options;
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {}, onError: () => new Response(null) },
      (request) => this.#respond(request),
    );
  }

  get host(): string {
    return `127.0.0.1:${this.#server.addr.port}`;
  }

  get url(): string {
    return `http://${this.host}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #respond(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const path = decodeURIComponent(pathname.slice(1));
    const range = request.headers.get("range");
    const ifRange = request.headers.get("if-range");
    const authorization = request.headers.get("authorization");
    this.requests.push({ path, range, ifRange, authorization });
    const { commit, etags = true, ranges = true, fault, cdn } = this.options;
    const faulty = await fault?.(request, this.requests.length);
    if (faulty) return faulty;
    const headers = new Headers(commit === undefined ? {} : { "x-repo-commit": commit });
    // All revisions of a repository have the same files.
    const content = this.files[path] ??
      this.files[decodeURIComponent(pathname.slice(1).replace(/\/resolve\/[^/]+\//, "/"))];
    if (content === undefined) return new Response("no such file", { status: 404, headers });
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const hash = await sha256(bytes);
    if (cdn && path.endsWith(".safetensors")) {
      headers.set("x-linked-etag", `"${hash}"`);
      headers.set("x-linked-size", String(bytes.length));
      headers.set("location", `${cdn.url}${hash}`);
      return new Response(null, { status: 302, headers });
    }
    // Not the hash itself: only the hub's ETags are hashes.
    const etag = `"v-${hash}"`;
    if (etags) headers.set("etag", etag);
    for (const [name, value] of Object.entries(this.options.headers ?? {})) {
      headers.set(name, value);
    }
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
    if (!ranges || first === undefined || (ifRange !== null && ifRange !== etag)) {
      headers.set("content-length", String(bytes.length));
      return new Response(bytes as BodyInit, { headers });
    }
    const start = Number(first);
    const end = last === "" ? bytes.length : Math.min(bytes.length, Number(last) + 1);
    if (start >= end) return new Response(null, { status: 416 });
    headers.set("content-range", `bytes ${start}-${end - 1}/${bytes.length}`);
    return new Response(bytes.slice(start, end), { status: 206, headers });
  }
}

/** Computes the SHA-256 in hexadecimal. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", bytes as BufferSource);
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Makes a response with the full content-length whose connection breaks after the first bytes. */
export function truncatedResponse(
  bytes: Uint8Array,
  sent: number,
  headers: HeadersInit = {},
): Response {
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(bytes.slice(0, sent));
      // The bytes must be sent before the error.
      await new Promise((resolve) => setTimeout(resolve, 20));
      controller.error(new Error("planted"));
    },
  });
  return new Response(body as BodyInit, {
    headers: { "content-length": String(bytes.length), ...headers },
  });
}

/** Reads a folder's files as those of a repository. */
export async function readFolder(name: string, folder: string): Promise<Files> {
  const files: Files = {};
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isFile) {
      files[`${name}/${entry.name}`] = await Deno.readFile(`${folder}/${entry.name}`);
    }
  }
  return files;
}

/** Makes bytes that differ from position to position. */
export function makeBytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) % 256);
}

/** Reads all bytes of a file. */
export async function readAll(
  file: { size: number; read(start: number, end: number): Promise<Uint8Array> } | undefined,
): Promise<Uint8Array> {
  if (file === undefined) throw new Error("the file does not exist");
  return await file.read(0, file.size);
}

export { withFolder as withCache } from "../helpers/with_folder.ts";
