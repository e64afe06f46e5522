/** Sets up what a case is given: the state of the relay and of GitHub before its request. */
import { env } from "cloudflare:workers";
import { coordinatorFor } from "../../../server/coordinator/client.ts";
import { writeAuditBatch, type AuditRow } from "../../../server/store/audit.ts";
import type { ScriptedAnswer } from "../../github/client.ts";
import { tokenOf } from "../../github/client.ts";
import { ADMIN_TOKEN, POOL, TestRelay } from "../support/relay.ts";
import type { Case, Given, GivenIdentity } from "./case.ts";
import { fill } from "./matchers.ts";

const PROXY_SECRET = "proxy-secret-for-tests-only";

export interface Stage {
  readonly relay: TestRelay;
  readonly values: Readonly<Record<string, string>>;
  /** Lets go what the case holds in flight. */
  readonly end: () => Promise<void>;
}

export async function setUp(one: Case): Promise<Stage> {
  const { given } = one;
  const admin: Record<string, null> = given.admin === "unconfigured" ? { OCTOPOOL_ADMIN_TOKEN: null } : {};
  // Long enough for every answer here; what hangs is not waited for longer than it takes to see that.
  const relay = new TestRelay({ vars: { OCTOPOOL_PROXY_SECRET: PROXY_SECRET, REQUEST_TIMEOUT_MS: "4000" } });
  await relay.github.reset();
  const pool = given.config?.["DEFAULT_LOGIN_POOL"] ?? POOL;
  const tokens = pool === POOL && one.area !== "discovery" ? await seedCaller(relay, given) : {};
  relay.setVars({ ...given.config, ...admin });
  const githubToken = await seedGitHub(relay, given);
  if (relay.callerToken !== "" && (one.area === "relay" || one.area === "fallback")) await provePublic(relay);
  await seedIdentities(relay, given);
  if (given.cache !== undefined && given.cache !== null) await seedCache(relay, given.cache);
  await relay.github.script(scriptsOf(given));
  // A case says what GitHub's API answers: the doors beside it (diffs, files, git) know nothing of that.
  await relay.github.addFault({ kind: "status", status: 404, match: { path_prefix: "/acme/" } });
  if (given.traffic !== undefined) await seedTraffic(relay, given);
  await relay.github.clearLog();
  const values = {
    base_url: relay.origin,
    caller_token: relay.callerToken,
    unknown_token: "op_thisTokenWasNeverIssuedByAnybody000000000",
    admin_token: ADMIN_TOKEN,
    github_token: githubToken,
    proxy_secret: PROXY_SECRET,
    ...tokens,
  };
  const end = await seedPrior(relay, fill(one, values));
  if (given.provoke?.exception !== undefined) relay.clockFailure = given.provoke.exception;
  return { relay, values, end };
}

async function seedCaller(relay: TestRelay, given: Given): Promise<Record<string, string>> {
  // A pool whose identities serve its own owners only: everybody else's repositories are token-free.
  await relay.setPolicy({ allowed_owners: isTokenFreeOnly(given) ? ["elsewhere"] : ["acme"], ...given.policy });
  if (given.caller === "none") return {};
  const login = given.caller_login ?? "alice";
  relay.callerToken = await relay.login(login, given.client_name);
  if (given.caller === "revoked") {
    const revoked = relay.callerToken;
    await relay.login(login, given.client_name);
    return { revoked_token: revoked };
  }
  if (given.caller === "wrong_org") await env.DB.prepare("UPDATE callers SET org_login = 'former-org'").run();
  if (given.membership_age_seconds !== undefined) {
    await env.DB.prepare("UPDATE callers SET membership_verified_at = ?")
      .bind(Date.now() - given.membership_age_seconds * 1000)
      .run();
  }
  return {};
}

/** The token of the user the case speaks of; alice's otherwise. */
async function seedGitHub(relay: TestRelay, given: Given): Promise<string> {
  const check = given.github?.org_check ?? given.org_check;
  const graphql = { path: "/graphql", method: "POST" } as const;
  if (check === "error") await relay.github.script([{ ...graphql, status: 500, body: { message: "oops" } }]);
  if (check === "timeout") await relay.github.script([{ ...graphql, fail: "hang" }]);
  const user = given.github?.user;
  if (user === undefined) return tokenOf("alice");
  await relay.github.addUser(user);
  const token = tokenOf(user.login);
  await relay.github.addToken({ token, login: user.login });
  if (given.github?.org_member !== undefined)
    await relay.github.setOrgMember("acme-inc", user.login, given.github.org_member);
  return token;
}

async function seedIdentities(relay: TestRelay, given: Given): Promise<void> {
  if (given.admin === "unconfigured") return;
  const identities: readonly GivenIdentity[] = given.identities ?? [
    given.identity ?? { id: "pat_alice", state: "healthy" },
  ];
  const isRelay =
    given.upstream !== undefined ||
    given.identity !== undefined ||
    given.identities !== undefined ||
    given.caller === "active";
  if (given.require_identity === true || isTokenFreeOnly(given)) await relay.spendAnonymousQuota();
  if (!isRelay) return;
  for (const [index, identity] of identities.entries()) await seedIdentity(relay, identity, index, given);
}

/** "The repository acme/widget is public": a read of it a moment ago has shown that. */
async function provePublic(relay: TestRelay): Promise<void> {
  await relay.ask("/repos/acme/widget/topics");
}

const isTokenFreeOnly = (given: Given): boolean => given.provoke?.fallback === "web_only_unavailable";

const SECRETS = ["PAT_ALICE", "PAT_BOB", "PAT_NOBODY"] as const;

async function seedIdentity(relay: TestRelay, identity: GivenIdentity, index: number, given: Given): Promise<void> {
  if (identity.state === "none") return;
  const id = identity.id ?? `pat_${index}`;
  const secretRef = identity.state === "secret_missing" ? "PAT_ABSENT" : SECRETS[index];
  const owner = isTokenFreeOnly(given) ? "elsewhere" : "*";
  const body = { id, kind: "pat", login: "alice", secret_ref: secretRef, scopes: [{ owner }] };
  await relay.admin("POST", `/v1/admin/pools/${identity.pool ?? POOL}/identities`, body);
  const report = { identityId: id, kind: "pat", resource: "core", routeKey: "seed", durationMs: 1 } as const;
  const coordinator = coordinatorFor(env.POOL_COORDINATOR, POOL);
  const rate = { resource: "core", limit: 5000, remaining: 0, used: 5000, resetAt: Date.now() + 1_800_000 };
  if (identity.state === "cooling_down")
    await coordinator.report([{ ...report, result: { kind: "throttled", retryAfterMs: 600_000 } }]);
  if (identity.state === "depleted")
    await coordinator.report([{ ...report, rate, result: { kind: "ok", charged: true } }]);
}

/** Stored by a read of that age: nothing is written past the relay. */
async function seedCache(relay: TestRelay, cache: NonNullable<Given["cache"]>): Promise<void> {
  const { path, query, age_seconds: age, headers, body } = cache;
  const question = { path, ...(query === undefined ? {} : { query }) };
  await relay.github.script([
    {
      ...question,
      status: 200,
      content_type: "application/json; charset=utf-8",
      body,
      times: 1,
      ...(headers === undefined ? {} : { headers }),
    },
  ]);
  const { envelope } = await relay.ask(path, query === undefined ? {} : { query });
  if (envelope.relay?.["cache"] !== "miss") throw new Error(`the copy was not stored: ${JSON.stringify(envelope)}`);
  relay.later(age * 1000);
}

function scriptsOf(given: Given): readonly ScriptedAnswer[] {
  const { upstream, provoke } = given;
  const scripts: ScriptedAnswer[] =
    upstream === undefined
      ? []
      : Array.isArray(upstream)
        ? [...(upstream as readonly ScriptedAnswer[])]
        : [upstream as ScriptedAnswer];
  if (provoke?.fallback === "repo_public_check_failed")
    scripts.push({ path: "/repos/other/thing", status: 502, body_text: "bad gateway" });
  return scripts;
}

async function seedTraffic(relay: TestRelay, given: Given): Promise<void> {
  const caller = await env.DB.prepare("SELECT id FROM callers").first<{ id: string }>();
  const rows: AuditRow[] = (given.traffic ?? []).flatMap((traffic, line) =>
    Array.from({ length: traffic.count }, (_, index) => ({
      requestId: `seed-${line}-${index}`,
      at: Date.now() - 60_000,
      poolId: POOL,
      callerId: caller?.id ?? "",
      clientName: traffic.client,
      routeKind: traffic.route_kind,
      routeKey: "/repos/acme/widget",
      status: traffic.fallback === undefined ? 200 : 424,
      errorCode: traffic.fallback === undefined ? undefined : "fallback_local",
      fallbackReason: traffic.fallback,
      cache: traffic.cache ?? "unknown",
      backend: traffic.backend,
      quotaUnits: traffic.backend === "github_identity" ? 1 : 0,
      upstreamCalls: traffic.cache === "miss" ? 1 : 0,
      coalesced: false,
      revalidated: false,
      cacheable: traffic.cache !== undefined,
      durationMs: 12,
      trail: "",
    })),
  );
  if (rows.length > 0)
    await writeAuditBatch(relay.db, { isolateId: "seed", sequence: 1, rows, lost: 0, at: Date.now() });
}

async function seedPrior(relay: TestRelay, one: Case): Promise<() => Promise<void>> {
  const { prior } = one.given;
  const init = {
    method: one.request.method,
    headers: one.request.headers,
    body: JSON.stringify(one.request.body ?? {}),
  };
  for (let index = 0; index < (prior?.requests ?? 0); index++) await relay.fetch(one.request.path, init);
  if (prior?.in_flight === undefined) return async () => undefined;
  await relay.github.gate("held", { path_prefix: "/repos/acme/widget/issues/" });
  const held = Array.from({ length: prior.in_flight }, (_, index) =>
    relay.ask(`/repos/acme/widget/issues/${index + 1}`),
  );
  await relay.github.waitFor(prior.in_flight, { path_prefix: "/repos/acme/widget/issues/" });
  return async () => {
    await relay.github.release("held");
    await Promise.all(held);
  };
}
