import type { Ask, Outcome } from "./ask.ts";
import { resourceOf } from "./ask.ts";
import { prepare, type Prepared } from "./answer-cache.ts";
import { appHookAnswer } from "./app-hook.ts";
import { isUnchanged } from "./conditional.ts";
import { mintInstallationToken, suspended } from "./credential.ts";
import { graphqlAnswer } from "./graphql.ts";
import { quotaHeaders, RESOURCES, type Spender } from "./quota.ts";
import type { WorldAnswer } from "./question.ts";
import { JSON_TYPE, notFound, quotaSpent, refusal } from "./refusal.ts";
import { scriptedBody } from "./script-book.ts";
import type { StandInState } from "./state.ts";
import type { Resource, ScriptedAnswer } from "./vocabulary.ts";
import { worldAnswer } from "./world-answer.ts";

/** An answer of the API origin, with GitHub's rules: user agent, credential, quota, conditions, in that order. */
export function apiOutcome(state: StandInState, ask: Ask, ready?: WorldAnswer): Outcome {
  if (ask.headers["user-agent"] === undefined || ask.headers["user-agent"] === "") return withoutUserAgent();
  const resource = resourceOf(ask.path) ?? "core";
  if (ready !== undefined) return outcomeOf(state, ask, resource, prepare(ready), 0);
  const script = state.scripts.isEmpty ? undefined : scriptFor(state, ask, resource);
  if (ask.credential.kind === "invalid" && script === undefined) {
    const answer = refusal(401, "Bad credentials");
    return outcomeOf(state, ask, resource, prepare(answer), 0);
  }
  if (ask.path === "/rate_limit") return outcomeOf(state, ask, "core", prepare(rateLimitAnswer(state, ask)), 0);
  if (script === undefined) {
    const unpaid = needsCredential(state, ask, resource);
    if (unpaid !== undefined) return outcomeOf(state, ask, resource, prepare(unpaid), 0);
  }
  if (ask.credential.kind !== "invalid" && isSpent(state, ask, resource)) {
    const user = state.world.user(ask.credentialName);
    const whom = user === undefined ? ask.address : `user ID ${user.id}`;
    return outcomeOf(state, ask, resource, prepare(quotaSpent(whom, user === undefined)), 0);
  }
  if (script !== undefined) return scriptedOutcome(state, ask, resource, script);
  const prepared =
    ask.path === "/graphql" && ask.method === "POST"
      ? prepare(graphqlAnswer(state.world, ask.credential, ask.body))
      : ask.method === "GET" || ask.method === "HEAD"
        ? worldAnswer(state, ask)
        : prepare(notFound());
  return outcomeOf(state, ask, resource, prepared, 1);
}

/** A script is not used up by a request that is refused for its quota. */
function scriptFor(state: StandInState, ask: Ask, resource: Resource): ScriptedAnswer | undefined {
  if (ask.credential.kind !== "invalid" && isSpent(state, ask, resource)) return undefined;
  return state.scripts.take({ ...ask, credential: ask.credentialName });
}

/** What GitHub answers to askers without a user, before it looks at any quota. */
function needsCredential(state: StandInState, ask: Ask, resource: Resource): WorldAnswer | undefined {
  const minted = mintInstallationToken(ask, state.world, state.now()) ?? appHookAnswer(ask, state.world, state.now());
  if (minted !== undefined) return minted;
  if (ask.credential.kind === "jwt") return refusal(401, "A JSON web token could not be decoded");
  if (ask.credential.kind === "user") {
    const { isInstallation, installationId = -1 } = ask.credential.token;
    if (state.world.installations.get(installationId)?.suspended === true) return suspended();
    const isOwn = ask.path === "/user" && isInstallation;
    return isOwn ? refusal(403, "Resource not accessible by integration") : undefined;
  }
  if (resource === "graphql") return graphqlAnswer(state.world, ask.credential, ask.body);
  return resource === "code_search" || ask.path === "/user" ? refusal(401, "Requires authentication") : undefined;
}

function withoutUserAgent(): Outcome {
  const text =
    "Request forbidden by administrative rules. Please make sure your request has a User-Agent header " +
    "(https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). " +
    "Check https://developer.github.com for other possible causes.\n";
  const headers = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-cache" };
  return { status: 403, headers, body: Buffer.from(text), charged: 0, resource: null };
}

function spenderOf(ask: Ask): Spender {
  if (ask.credential.kind === "user") return { kind: "user", login: ask.credential.login };
  // An App that speaks for itself has a bucket of its own.
  return ask.credential.kind === "jwt" ? { kind: "user", login: "/app" } : { kind: "anonymous", address: ask.address };
}

function isSpent(state: StandInState, ask: Ask, resource: Resource): boolean {
  return ask.path !== "/rate_limit" && state.quota.read(spenderOf(ask), resource).remaining <= 0;
}

/** Charges, unless the asker had it already and says who it is: a 304 with a credential is free. */
function outcomeOf(state: StandInState, ask: Ask, resource: Resource, prepared: Prepared, units: number): Outcome {
  const { answer, bytes } = prepared;
  const etag = prepared.etagFor(ask.credentialName);
  const lastModified = answer.lastModified;
  const unchanged = answer.status === 200 && isUnchanged(ask.headers, { etag, lastModified });
  const charged = unchanged && ask.credential.kind === "user" ? 0 : units;
  state.quota.charge(spenderOf(ask), resource, charged);
  const headers = {
    ...state.apiHeaders(ask, answer.mediaFormat),
    ...quotaHeaders(state.quota.read(spenderOf(ask), resource)),
    ...(answer.contentType === undefined || unchanged ? {} : { "content-type": answer.contentType }),
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { "last-modified": lastModified }),
    ...answer.headers,
  };
  const isFree = ask.path === "/rate_limit";
  return {
    status: unchanged ? 304 : answer.status,
    headers,
    body: unchanged ? new Uint8Array() : bytes,
    charged,
    resource: isFree ? null : resource,
  };
}

function scriptedOutcome(state: StandInState, ask: Ask, resource: Resource, script: ScriptedAnswer): Outcome {
  const { bytes, contentType } = scriptedBody(script);
  const own = state.scriptHeaders(script, ask);
  const status = script.status ?? 200;
  const unchanged = status === 304 || (status === 200 && isUnchanged(ask.headers, { etag: own.etag }));
  const charged = (unchanged && ask.credential.kind === "user") || ask.credential.kind === "invalid" ? 0 : 1;
  state.quota.charge(spenderOf(ask), resource, charged);
  return {
    status: unchanged ? 304 : status,
    headers: {
      ...state.apiHeaders(ask, "json"),
      // A scripted refusal says exactly what its script says: which quota facts it carries is often the point.
      ...(status >= 400 ? {} : quotaHeaders(state.quota.read(spenderOf(ask), resource))),
      ...(unchanged ? {} : { "content-type": script.content_type ?? contentType }),
      ...own,
    },
    body: unchanged ? new Uint8Array() : bytes,
    charged,
    resource,
    ...state.scriptTransfer(script),
  };
}

function rateLimitAnswer(state: StandInState, ask: Ask): WorldAnswer {
  const resources = Object.fromEntries(
    RESOURCES.map((resource) => {
      const { limit, used, remaining, reset } = state.quota.read(spenderOf(ask), resource);
      return [resource, { limit, used, remaining, reset }];
    }),
  );
  const body = JSON.stringify({ resources, rate: resources.core });
  return { status: 200, contentType: JSON_TYPE, body, mediaFormat: "json", hasEtag: false };
}
