/**
 * Is this user in the organization? Asked of GraphQL, whose bucket is its own: it works while REST core is spent
 * (3-github). Only a complete answer without the organization denies.
 */
import type { Config } from "../config.ts";
import { readBounded, USER_AGENT } from "./client.ts";

export interface MembershipAsk {
  readonly login: string;
  /** Lower-cased. */
  readonly org: string;
  /** The user's own, or OCTOPOOL_GITHUB_ORG_TOKEN. */
  readonly token: string;
  /** Where given, an answer about another user proves nothing: a login can pass to somebody else. */
  readonly githubUserId?: number;
}

export type Membership =
  | { readonly kind: "member" }
  | { readonly kind: "not_member" }
  /** GitHub's answer proves nothing. */
  | { readonly kind: "failed" }
  /** GitHub did not answer. */
  | { readonly kind: "unavailable" };

interface MembershipDeps {
  readonly config: Pick<Config, "githubApiOrigin">;
  readonly now: () => number;
  readonly platform: { fetch(request: Request): Promise<Response> };
}

/** For all pages together. Published clients give up after 30 s, and GET /user comes before this. */
const WITHIN_MS = 8_000;
const MAX_PAGES = 20;
const MAX_BYTES = 256 * 1024;

const QUERY = `query ($login: String!, $after: String) {
  user(login: $login) {
    databaseId
    organizations(first: 100, after: $after) { nodes { login } pageInfo { hasNextPage endCursor } }
  }
}`;

/** Reads all pages, up to 2,000 organizations; more of them prove nothing. Never throws. */
export async function askMembership(ask: MembershipAsk, deps: MembershipDeps): Promise<Membership> {
  const deadlineAt = deps.now() + WITHIN_MS;
  let after: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await askPage(ask, after, deadlineAt, deps);
    if (answer === "failed" || answer === "unavailable") return { kind: answer };
    if (answer.logins.includes(ask.org.toLowerCase())) return { kind: "member" };
    if (!answer.complete) return { kind: "failed" };
    if (answer.next === undefined) return { kind: "not_member" };
    after = answer.next;
  }
  return { kind: "failed" };
}

interface Page {
  readonly logins: readonly string[];
  /** False where GitHub left some out: it hides organizations behind single sign-on as nulls. */
  readonly complete: boolean;
  readonly next: string | undefined;
}

async function askPage(
  ask: MembershipAsk,
  after: string | undefined,
  deadlineAt: number,
  deps: MembershipDeps,
): Promise<Page | "failed" | "unavailable"> {
  const leftMs = deadlineAt - deps.now();
  if (leftMs <= 0) return "unavailable";
  const request = new Request(`${deps.config.githubApiOrigin}/graphql`, {
    method: "POST",
    headers: {
      "user-agent": USER_AGENT,
      accept: "application/json",
      "content-type": "application/json",
      authorization: `Bearer ${ask.token}`,
    },
    body: JSON.stringify({ query: QUERY, variables: { login: ask.login, after: after ?? null } }),
    redirect: "manual",
    signal: AbortSignal.timeout(leftMs),
  });
  let body: Uint8Array | undefined;
  try {
    const response = await deps.platform.fetch(request);
    body = response.status === 200 ? await readBounded(response, MAX_BYTES) : undefined;
    if (response.status !== 200) await response.body?.cancel();
  } catch {
    return "unavailable"; // whatever fetch throws (refused, reset, timed out) means that GitHub did not answer
  }
  return body === undefined ? "failed" : readPage(body, ask.githubUserId);
}

function readPage(body: Uint8Array, githubUserId: number | undefined): Page | "failed" {
  const answer = parseJson(body);
  if (answer === undefined || member(answer, "errors") !== undefined) return "failed";
  const user = member(member(answer, "data"), "user");
  const databaseId = member(user, "databaseId");
  if (githubUserId !== undefined && typeof databaseId === "number" && databaseId !== githubUserId) return "failed";
  const organizations = member(user, "organizations");
  const nodes = member(organizations, "nodes");
  const pageInfo = member(organizations, "pageInfo");
  const hasNext = member(pageInfo, "hasNextPage");
  const cursor = member(pageInfo, "endCursor");
  if (!Array.isArray(nodes) || typeof hasNext !== "boolean" || (hasNext && typeof cursor !== "string")) return "failed";
  const logins = nodes.flatMap((node) => {
    const login = member(node, "login");
    return typeof login === "string" ? [login.toLowerCase()] : [];
  });
  return { logins, complete: logins.length === nodes.length, next: hasNext ? String(cursor) : undefined };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // an outage page, say: it proves nothing
    throw error;
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
