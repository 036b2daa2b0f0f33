/**
 * Errors as the answers of each family of routes.
 *
 * @module
 */

import { ThreadEnded } from "../hosting/mod.ts";

/** What went wrong, beyond the status. */
export type ApiErrorKind =
  | "invalid_request"
  | "authentication"
  | "not_found"
  | "overloaded"
  | "unavailable"
  | "internal";

/** An error with an HTTP status. */
export class ApiError extends Error {
  /** Name of the class. */
  override readonly name = "ApiError";
  /** The status, 4xx or 5xx. */
  readonly status: number;
  /** Kind. */
  readonly kind: ApiErrorKind;
  /** Seconds after which to try again; absent: the client should not. */
  readonly retryAfter?: number;

  /**
   * Makes an error.
   *
   * @param status The status.
   * @param kind What went wrong.
   * @param message What was attempted, what came, what was wanted.
   * @param retryAfter Seconds after which to try again.
   */
  constructor(status: number, kind: ApiErrorKind, message: string, retryAfter?: number) {
    super(message);
    this.status = status;
    this.kind = kind;
    this.retryAfter = retryAfter;
  }
}

/** Longest message that a client gets: a value that it sent may be quoted. */
const LONGEST = 1000;

/**
 * Makes an answer of anything that was thrown.
 *
 * @param error What was thrown.
 * @returns The error: what pipelines refuse is the client's, everything else the server's.
 */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  // A conversation that the model's template cannot render is a SyntaxError.
  if (error instanceof RangeError || error instanceof SyntaxError) {
    return new ApiError(400, "invalid_request", error.message);
  }
  if (error instanceof TypeError) return new ApiError(422, "invalid_request", error.message);
  if (error instanceof ThreadEnded) return new ApiError(503, "unavailable", error.message);
  return new ApiError(500, "internal", error instanceof Error ? error.message : String(error));
}

/** Types of the OpenAI API. */
const OPENAI_TYPES: Readonly<Record<ApiErrorKind, string>> = {
  invalid_request: "invalid_request_error",
  authentication: "authentication_error",
  not_found: "invalid_request_error",
  overloaded: "rate_limit_error",
  unavailable: "server_error",
  internal: "server_error",
};

/** Types of text-embeddings-inference. */
const TEI_TYPES: Readonly<Record<ApiErrorKind, string>> = {
  invalid_request: "Validation",
  authentication: "Unauthorized",
  not_found: "NotFound",
  overloaded: "Overloaded",
  unavailable: "Unhealthy",
  internal: "Backend",
};

/**
 * The body of an answer with an error, in the shape of the path's family.
 *
 * @param error The error.
 * @param path Path of the request.
 * @returns `{ error: { message, type, param, code } }` for `/v1/…`, `{ error }` for `/`,
 * `{ error, error_type }` for all others.
 */
export function errorBody({ message: whole, kind, status }: ApiError, path: string): object {
  const message = whole.length <= LONGEST ? whole : `${whole.slice(0, LONGEST)}…`;
  if (path.startsWith("/v1/")) {
    const type = OPENAI_TYPES[kind];
    return {
      error: { message, type, param: null, code: status === 401 ? "invalid_api_key" : null },
    };
  }
  if (path === "/") return { error: message };
  return { error: message, error_type: TEI_TYPES[kind] };
}
