import { ghAnswer } from "./gh-answers.ts";
import type { WorldAnswer } from "./question.ts";
import { JSON_TYPE, refusal } from "./refusal.ts";
import type { Credential } from "./credential.ts";
import type { World } from "./world.ts";

interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const DOCS = "graphql/guides/forming-calls-with-graphql#authenticating-with-graphql";

/**
 * `POST /graphql`: knows what gh's own commands ask, `viewer` and `user(login) { organizations }`, paged by cursor. Anything else is answered as
 * GitHub answers a question it cannot resolve: 200 with `errors`.
 */
export function graphqlAnswer(world: World, credential: Credential, body: string): WorldAnswer {
  if (credential.kind !== "user") {
    return refusal(401, "This endpoint requires you to be authenticated.", DOCS);
  }
  const asked = readAsked(body);
  if (asked === undefined) return refusal(400, "Problems parsing JSON", "graphql");
  const ofGh = ghAnswer(asked);
  if (ofGh !== undefined) return json({ data: ofGh });
  if (/\buser\s*\(/.test(asked.query)) return userAnswer(world, credential, asked);
  if (/\bviewer\b/.test(asked.query)) {
    const user = world.user(credential.login);
    const viewer = { login: credential.login, ...(/\bdatabaseId\b/.test(asked.query) ? { databaseId: user?.id } : {}) };
    return json({ data: { viewer } });
  }
  return json({
    errors: [{ type: "undefinedField", message: "Field doesn't exist on type 'Query'", path: ["query"] }],
  });
}

function readAsked(body: string): Asked | undefined {
  try {
    const value = JSON.parse(body) as { query?: unknown; variables?: unknown };
    if (typeof value?.query !== "string") return undefined;
    const variables = typeof value.variables === "object" && value.variables !== null ? value.variables : {};
    return { query: value.query, variables: variables as Record<string, unknown> };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function userAnswer(world: World, credential: Credential & { kind: "user" }, asked: Asked): WorldAnswer {
  const named = argument(asked, "login", "user");
  const login = typeof named === "string" ? named : "";
  const user = world.user(login);
  if (user === undefined || user.type === "Organization") {
    const message = `Could not resolve to a User with the login of '${login}'.`;
    return json({ data: { user: null }, errors: [{ type: "NOT_FOUND", path: ["user"], message }] });
  }
  const scopes = credential.token.scopes;
  const wantsOrganizations = /\borganizations\b/.test(asked.query);
  if (wantsOrganizations && scopes !== null && !scopes.some((scope) => /^(read|write|admin):org$|^user$/.test(scope))) {
    const message =
      "Your token has not been granted the required scopes to execute this query. The 'login' field requires one of the following scopes: ['read:org'].";
    return json({ data: { user: null }, errors: [{ type: "INSUFFICIENT_SCOPES", message }] });
  }
  return json({
    data: {
      user: {
        ...(/\bdatabaseId\b/.test(asked.query) ? { databaseId: user.id } : {}),
        ...(wantsOrganizations ? { organizations: organizationPage(world, user.login, asked) } : { login: user.login }),
      },
    },
  });
}

/** Cursors are opaque to clients: base64 of `cursor:<index of the last node>`. */
function organizationPage(world: World, login: string, asked: Asked): Record<string, unknown> {
  const all = world.organizationsOf(login);
  const first = Math.min(100, Number(argument(asked, "first", "organizations") ?? 100));
  const after = argument(asked, "after", "organizations");
  const start = typeof after === "string" ? Number(Buffer.from(after, "base64").toString("utf8").split(":")[1]) + 1 : 0;
  const nodes = all.slice(start, start + first);
  const last = start + nodes.length - 1;
  const endCursor = nodes.length === 0 ? null : Buffer.from(`cursor:${last}`).toString("base64");
  return {
    ...(/\btotalCount\b/.test(asked.query) ? { totalCount: all.length } : {}),
    nodes: nodes.map((organization) => ({ login: organization.login })),
    pageInfo: { hasNextPage: last + 1 < all.length, endCursor },
  };
}

/** An argument of a field, given as a variable of any name or written out. */
function argument(asked: Asked, name: string, field: string): unknown {
  const list = new RegExp(`\\b${field}\\s*\\(([^)]*)\\)`).exec(asked.query)?.[1] ?? "";
  const written = new RegExp(`\\b${name}\\s*:\\s*(\\$\\w+|"[^"]*"|\\d+|null)`).exec(list)?.[1];
  if (written === undefined || written === "null") return undefined;
  return written.startsWith("$") ? asked.variables[written.slice(1)] : (JSON.parse(written) as unknown);
}

function json(body: unknown): WorldAnswer {
  return { status: 200, contentType: JSON_TYPE, body: JSON.stringify(body), mediaFormat: "json", hasEtag: false };
}
