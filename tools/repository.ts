/**
 * Where the repository is published: `CITATION.cff` says it, the package for npm and the links of
 * the README follow.
 *
 * @module
 */

/**
 * Finds the repository's URL in the text of a `CITATION.cff`.
 *
 * @param citation The text.
 * @returns The URL, without a slash at its end.
 * @throws {Error} If it names none.
 */
export function repositoryUrl(citation: string): string {
  const url = citation.match(/^repository-code: "(https:[^"]+[^/"])"$/m)?.[1];
  if (url === undefined) throw new Error("Cannot find repository-code in CITATION.cff");
  return url;
}

/**
 * Finds the file of the repository that an absolute link leads to.
 *
 * @param link The link: a page of a file or folder on GitHub, or the file itself.
 * @param repository The repository's URL.
 * @returns Its path, with the anchor; undefined if the link leads elsewhere.
 */
export function pathOfLink(link: string, repository: string): string | undefined {
  const raw = repository.replace("https://github.com/", "https://raw.githubusercontent.com/");
  const start = [`${repository}/blob/main/`, `${repository}/tree/main/`, `${raw}/main/`]
    .find((each) => link.startsWith(each));
  return start && link.slice(start.length);
}
