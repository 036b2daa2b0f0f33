/** A file's bytes; text is encoded as UTF-8. */
export type Files = Record<string, string | Uint8Array>;

/** How a test's server differs from a well-kept hub. */
export interface ServerOptions {
  /** Tells the commit that "main" is; without it the server tells none. */
  commit?: string;
  /** Sends an ETag; on by default. */
  etags?: boolean;
  /** Gives ranges; on by default. */
  ranges?: boolean;
  /** Sends this in place of the ordinary answer. */
  fault?: (request: Request, seen: number) => Response | undefined | Promise<Response | undefined>;
  /** Where large files are: redirects `.safetensors` there, with their hash. */
  cdn?: HubServer;
}

/** A server on this machine that behaves as the hub does, as far as a test wants it to. */
export class HubServer implements AsyncDisposable {
  /** What was asked for. */
  readonly requests: { path: string; range: string | null; authorization: string | null }[] = [];
  /** By path without the first slash. */
  files: Files;
  options: ServerOptions;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(files: Files, options: ServerOptions = {}) {
    this.files = files;
    this.options = options;
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {}, onError: () => new Response(null) },
      (request) => this.#answer(request),
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

  async #answer(request: Request): Promise<Response> {
    const path = decodeURIComponent(new URL(request.url).pathname.slice(1));
    const range = request.headers.get("range");
    this.requests.push({ path, range, authorization: request.headers.get("authorization") });
    const { commit, etags = true, ranges = true, fault, cdn } = this.options;
    const faulty = await fault?.(request, this.requests.length);
    if (faulty) return faulty;
    const headers = new Headers(commit === undefined ? {} : { "x-repo-commit": commit });
    // Of a repository all revisions are the same.
    const content = this.files[path] ?? this.files[path.replace(/\/resolve\/[^/]+\//, "/")];
    if (content === undefined) return new Response("no such file", { status: 404, headers });
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const hash = await sha256(bytes);
    if (cdn && path.endsWith(".safetensors")) {
      headers.set("x-linked-etag", `"${hash}"`);
      headers.set("x-linked-size", String(bytes.length));
      headers.set("location", `${cdn.url}${hash}`);
      return new Response(null, { status: 302, headers });
    }
    // Not the hash itself, which hubs alone may send.
    const etag = `"v-${hash}"`;
    if (etags) headers.set("etag", etag);
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
    const ifRange = request.headers.get("if-range");
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

/** SHA-256 in hexadecimal. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", bytes as BufferSource);
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The first bytes of a content whose length is told, then a broken connection. */
export function truncated(bytes: Uint8Array, sent: number, headers: HeadersInit = {}): Response {
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(bytes.slice(0, sent));
      // So that the bytes are sent before the end.
      await new Promise((resolve) => setTimeout(resolve, 20));
      controller.error(new Error("planted"));
    },
  });
  return new Response(body as BodyInit, {
    headers: { "content-length": String(bytes.length), ...headers },
  });
}

/** A folder's files as a repository. */
export async function folderFiles(name: string, folder: string): Promise<Files> {
  const files: Files = {};
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isFile) {
      files[`${name}/${entry.name}`] = await Deno.readFile(`${folder}/${entry.name}`);
    }
  }
  return files;
}

/** Bytes that differ from place to place. */
export function someBytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) % 256);
}

/** All bytes of a file. */
export async function readAll(
  file: { size: number; read(start: number, end: number): Promise<Uint8Array> } | undefined,
): Promise<Uint8Array> {
  if (file === undefined) throw new Error("there is no such file");
  return await file.read(0, file.size);
}

export { withFolder as withCache } from "../helpers/with_folder.ts";
