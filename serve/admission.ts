/**
 * How many requests are held at once.
 *
 * @module
 */
import { ApiError } from "./api_error.ts";

/** Counts requests and the bytes of their bodies. */
export class Admission {
  readonly #requests: number;
  readonly #bytes: number;
  readonly #retryAfter: () => number;
  #held = 0;
  #heldBytes = 0;

  /**
   * Makes a counter.
   *
   * @param requests Most requests.
   * @param bytes Most bytes of all bodies; a body alone is always held.
   * @param retryAfter Tells after how many seconds a refused client may try again.
   */
  constructor(requests: number, bytes: number, retryAfter: () => number) {
    this.#requests = requests;
    this.#bytes = bytes;
    this.#retryAfter = retryAfter;
  }

  /** Requests that are held. */
  get held(): number {
    return this.#held;
  }

  /**
   * Admits a request.
   *
   * @returns Its place, to be given back with {@linkcode Place.leave}.
   * @throws {ApiError} 429 if there are too many.
   */
  enter(): Place {
    if (this.#held >= this.#requests) {
      throw this.#refuse(`${this.#held} requests run and wait, which is the most`);
    }
    this.#held++;
    let bytes = 0;
    return {
      add: (count) => {
        if (this.#heldBytes > 0 && this.#heldBytes + count > this.#bytes) {
          throw this.#refuse(`the requests that wait hold ${this.#heldBytes} bytes`);
        }
        bytes += count;
        this.#heldBytes += count;
      },
      leave: () => {
        this.#held--;
        this.#heldBytes -= bytes;
        bytes = 0;
      },
    };
  }

  #refuse(reason: string): ApiError {
    return new ApiError(429, "overloaded", `Cannot accept this: ${reason}`, this.#retryAfter());
  }
}

/** A place of an admitted request. */
export interface Place {
  /** Adds bytes of its body; throws 429 if all bodies are too large together. */
  add(bytes: number): void;
  /** Gives the place back; once. */
  leave(): void;
}
