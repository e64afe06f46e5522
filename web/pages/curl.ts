/** The same question as a command line; the token stays in the reader's environment. */
export function curlOf(origin: string, pool: string, path: string): string {
  const body = JSON.stringify({ pool, method: "GET", path });
  return [
    `curl -sS ${quoted(`${origin}/v1/github/request`)}`,
    `  -H "authorization: Bearer $OCTOPOOL_TOKEN"`,
    `  -H 'content-type: application/json'`,
    `  -d ${quoted(body)}`,
  ].join(" \\\n");
}

/** For a POSIX shell. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
