import { SECURITY_HEADERS } from "./respond.ts";

/** 302, never stored: where it leads and what it sets belong to one visitor. */
export function redirectTo(location: string, cookies: readonly string[] = []): Response {
  const headers = new Headers({ ...SECURITY_HEADERS, location, "cache-control": "no-store" });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 302, headers });
}
