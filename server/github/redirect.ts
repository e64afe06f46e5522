/** Which of GitHub's redirects are followed with the credential: those that name the same repository's new place. */

/** Only on the API origin, only to a repository (3-github, renamed repositories). */
export function redirectOf(reply: { status: number; headers: Headers }, apiOrigin: string): string | undefined {
  if (reply.status !== 301 && reply.status !== 302 && reply.status !== 307 && reply.status !== 308) return undefined;
  const location = reply.headers.get("location");
  if (location === null || !URL.canParse(location, apiOrigin)) return undefined;
  const url = new URL(location, apiOrigin);
  return url.origin === apiOrigin && /^\/(repositories\/\d+|repos\/[^/]+\/[^/]+)(\/|$)/.test(url.pathname)
    ? url.href
    : undefined;
}
