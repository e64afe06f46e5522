/** Cookies (RFC 6265): reading one, and the only form in which we set any. */

/** The value of a cookie; undefined where there is none, or two of the name: which one is ours cannot be told. */
export function readCookie(request: Request, name: string): string | undefined {
  const values = (request.headers.get("cookie") ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 && values[0] !== "" ? values[0] : undefined;
}

/** Never readable by a page, never sent over plain http, never with another site's requests but a link's. */
export function setCookie(name: string, value: string, options: { path: string; maxAgeSeconds: number }): string {
  return `${name}=${value}; Path=${options.path}; Max-Age=${options.maxAgeSeconds}; HttpOnly; Secure; SameSite=Lax`;
}

export function clearCookie(name: string, path: string): string {
  return setCookie(name, "", { path, maxAgeSeconds: 0 });
}
