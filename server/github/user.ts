/** Who is this? GitHub's user object, by token or by login. */
import type { Config } from "../config.ts";
import { askGitHub } from "./client.ts";

export interface GitHubUser {
  /** Immutable; logins are not. */
  readonly id: number;
  readonly login: string;
}

export type UserAnswer =
  | { readonly kind: "user"; readonly user: GitHubUser }
  | { readonly kind: "not_found" }
  /** GitHub refused the credential, or asks it to wait. */
  | { readonly kind: "refused"; readonly rateLimited: boolean; readonly details: Readonly<Record<string, string>> }
  /** An answer that says nothing about the user. */
  | { readonly kind: "failed" }
  | { readonly kind: "unavailable" };

interface UserDeps {
  readonly config: Pick<Config, "githubApiOrigin">;
  readonly now: () => number;
  readonly platform: { fetch(request: Request): Promise<Response> };
}

const WITHIN_MS = 8_000;
const MAX_BYTES = 64 * 1024;

/** The owner of this token. One request of its core quota. */
export function askWhoOwns(token: string, deps: UserDeps): Promise<UserAnswer> {
  return ask("/user", token, deps);
}

/** The user of this login, as it is now. */
export function askUser(login: string, token: string, deps: UserDeps): Promise<UserAnswer> {
  return ask(`/users/${encodeURIComponent(login)}`, token, deps);
}

async function ask(path: string, token: string, deps: UserDeps): Promise<UserAnswer> {
  const headers = {
    accept: "application/vnd.github+json",
    "x-github-api-version": "2022-11-28",
    authorization: `Bearer ${token}`,
  };
  const url = deps.config.githubApiOrigin + path;
  const reply = await askGitHub({ url, headers, deadlineAt: deps.now() + WITHIN_MS, maxBytes: MAX_BYTES }, deps);
  if (reply.kind === "unreachable") return { kind: "unavailable" };
  if (reply.kind === "too_large") return { kind: "failed" };
  if (reply.status === 200) return readUser(reply.body);
  if (reply.status === 404) return { kind: "not_found" };
  if (reply.status === 401 || reply.status === 403 || reply.status === 429) {
    return {
      kind: "refused",
      rateLimited: isRateLimited(reply.status, reply.headers),
      details: rateDetails(reply.headers),
    };
  }
  return { kind: "failed" };
}

function readUser(body: Uint8Array): UserAnswer {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: "failed" };
    throw error;
  }
  const { id, login } = (typeof value === "object" && value !== null ? value : {}) as { id?: unknown; login?: unknown };
  if (typeof id !== "number" || !Number.isSafeInteger(id) || id < 1) return { kind: "failed" };
  return typeof login === "string" && login !== "" ? { kind: "user", user: { id, login } } : { kind: "failed" };
}

/** 3-github: quota gone, or a secondary limit, which says retry-after. */
function isRateLimited(status: number, headers: Headers): boolean {
  return status === 429 || headers.get("x-ratelimit-remaining") === "0" || headers.has("retry-after");
}

const DETAILS = {
  "x-ratelimit-limit": "github_rate_limit_limit",
  "x-ratelimit-remaining": "github_rate_limit_remaining",
  "x-ratelimit-reset": "github_rate_limit_reset",
  "x-ratelimit-resource": "github_rate_limit_resource",
  "x-ratelimit-used": "github_rate_limit_used",
  "retry-after": "github_retry_after",
} as const;

/** Strings, and only what GitHub sent: published clients lose the error's code over anything else. */
function rateDetails(headers: Headers): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(DETAILS).flatMap(([header, name]) => {
      const value = headers.get(header);
      return value !== null && /^[\x20-\x7e]{1,64}$/.test(value) ? [[name, value]] : [];
    }),
  );
}
