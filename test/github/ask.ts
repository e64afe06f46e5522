import type { IncomingHttpHeaders } from "node:http";
import type { Credential } from "./credential.ts";
import type { Resource } from "./vocabulary.ts";

/** One request, read. */
export interface Ask {
  readonly method: string;
  /** As sent, without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly credential: Credential;
  /** `anonymous`, `invalid`, `app` or a login. */
  readonly credentialName: string;
  /** Of the client; anonymous quota belongs to it. */
  readonly address: string;
  /** The stand-in's own origin. */
  readonly origin: string;
}

/** One answer, ready to be sent. */
export interface Outcome {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Uint8Array;
  /** Quota units spent. */
  readonly charged: number;
  /** Null where no API quota applies. */
  readonly resource: Resource | null;
  readonly transfer?: Transfer;
}

/** How the bytes travel, where not simply all at once. */
export type Transfer =
  | { readonly kind: "hang" | "reset" | "truncated" }
  | { readonly kind: "slow"; readonly chunkBytes: number; readonly everyMs: number };

const API_ROOTS = new Set([
  "",
  "advisories",
  "app",
  "codes_of_conduct",
  "emojis",
  "gists",
  "gitignore",
  "graphql",
  "licenses",
  "meta",
  "networks",
  "notifications",
  "orgs",
  "rate_limit",
  "repos",
  "repositories",
  "search",
  "user",
  "users",
  "versions",
]);

/** Whether a path belongs to GitHub's API rather than to its web origin. */
export function isApiPath(path: string): boolean {
  return API_ROOTS.has(path.split("/", 2)[1] ?? "");
}

/** The rate bucket a path spends; null: `GET /rate_limit` is free. */
export function resourceOf(path: string): Resource | null {
  if (path === "/rate_limit") return null;
  if (path === "/graphql") return "graphql";
  if (path === "/search/code") return "code_search";
  return path.startsWith("/search/") ? "search" : "core";
}
