/**
 * Explains why a server refuses a file.
 *
 * @param attempt The beginning of the message.
 * @param response The response.
 * @param hasToken Whether a token was sent.
 * @returns The error.
 */
export function explainRefusal(
  attempt: string,
  { status, headers }: Response,
  hasToken: boolean,
): RangeError {
  if (status === 401 || status === 403) {
    return new RangeError(
      hasToken
        ? `${attempt}: the token grants no access, or the repository does not exist`
        : `${attempt}: pass a token if the repository is private or gated; or it does not exist`,
    );
  }
  const code = headers.get("x-error-code");
  if (code === "RepoNotFound") return new RangeError(`${attempt}: the repository does not exist`);
  if (code === "RevisionNotFound") return new RangeError(`${attempt}: the revision does not exist`);
  return new RangeError(attempt);
}
