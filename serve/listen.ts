/**
 * Listening for requests by `@hono/node-server`, in Deno, Node and Bun alike.
 *
 * @module
 */
import { serve } from "@hono/node-server";

/** A server that listens. */
export interface Listening {
  /** Where it can be reached. */
  readonly url: string;
  /** Accepts nothing more; resolves when all requests are answered. */
  stop(): Promise<void>;
}

/** Milliseconds in which the head of a request must arrive. */
const HEAD_TIMEOUT = 15_000;

/** How often the runtime looks for late heads, in that time. */
const LOOKS = 5;

/**
 * Listens.
 *
 * @param handler Answers requests.
 * @param hostname Address.
 * @param port Port; 0: any that is free.
 * @param headTimeout Milliseconds in which the head of a request must arrive.
 * @returns The server.
 * @throws {Error} If the port is taken.
 */
export function listen(
  handler: (request: Request) => Response | Promise<Response>,
  hostname: string,
  port: number,
  headTimeout: number = HEAD_TIMEOUT,
): Promise<Listening> {
  const shown = hostname.includes(":") ? `[${hostname}]` : hostname;
  return new Promise((resolve, reject) => {
    const serverOptions = {
      headersTimeout: headTimeout,
      connectionsCheckingInterval: headTimeout / LOOKS,
      // Bodies have a time of their own.
      requestTimeout: 0,
    };
    const server = serve({ fetch: handler, hostname, port, serverOptions }, ({ port }) =>
      resolve({
        url: `http://${shown}:${port}`,
        stop: () =>
          new Promise((stopped) => {
            server.close(() => stopped());
            if ("closeIdleConnections" in server) server.closeIdleConnections();
          }),
      }));
    server.once("error", reject);
  });
}
