/**
 * A Redis of one's own, which keeps nothing on the disk: one that is killed has lost everything.
 *
 * @module
 */

/** Milliseconds in which it must answer. */
const START_TIMEOUT = 10_000;

/** A running Redis. */
export class RedisServer {
  /** Its port, also after it was started again. */
  readonly port: number;
  readonly #folder: string;
  readonly #args: readonly string[];
  #process: Deno.ChildProcess | undefined;

  private constructor(port: number, folder: string, args: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    this.#args = args;
  }

  /**
   * Starts `redis-server` at any free port.
   *
   * @param args More of its arguments.
   * @returns The server; the caller closes it.
   * @throws {Error} If it is not installed, or does not start.
   */
  static async start(args: readonly string[] = []): Promise<RedisServer> {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    const server = new RedisServer(port, await Deno.makeTempDir(), args);
    try {
      await server.restart();
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  /** Where it can be reached. */
  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again at the same port, empty. */
  async restart(): Promise<void> {
    const process = new Deno.Command("redis-server", {
      args: [
        ...["--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.#folder],
        ...["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"],
        ...this.#args,
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#process = process;
    let hasEnded = false;
    void process.status.then(() => hasEnded = true);
    const end = performance.now() + START_TIMEOUT;
    while (!await this.#answers()) {
      if (hasEnded || performance.now() > end) {
        throw new Error(`redis-server does not answer at ${this.url}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ends it at once, by SIGKILL. */
  async kill(): Promise<void> {
    try {
      this.#process?.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#process?.status;
    this.#process = undefined;
  }

  /** Ends it, and removes its folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #answers(): Promise<boolean> {
    try {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
      await connection.write(new TextEncoder().encode("PING\r\n"));
      const answer = new Uint8Array(64);
      // +PONG, or an error that asks for the password.
      return (await connection.read(answer) ?? 0) > 0;
    } catch {
      return false;
    }
  }
}
