/** One thing is cut: the others go on serving, and health, stats, the audit row and the dashboard say which it is and why. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { listAuditRows } from "../../../server/store/audit.ts";
import { tokenOf } from "../../github/client.ts";
import { anotherPublicKey, APP_KEYS, APP_PUBLIC_KEY } from "../../support/app-keys.ts";
import { Browser, OAUTH } from "../support/browser.ts";
import { setCoordinatorEnv } from "../support/coordinator-env.ts";
import { POOL, TestRelay } from "../support/relay.ts";

const PULL = "/repos/acme/widget/pulls/7";
/** The same kind of route in the same repository: who served it goes first. */
const ANOTHER = "/repos/acme/widget/pulls/8";
const installation = { id: 7, app_id: "4242", account: "acme-app", public_key: APP_PUBLIC_KEY } as const;

let relay: TestRelay;

interface Member {
  readonly id: "pat_alice" | "pat_bob" | "app";
  readonly weight: number;
}

/** The heaviest is asked first: nothing is known of anybody yet. */
async function start(members: readonly Member[], appKey = APP_KEYS.pkcs1): Promise<void> {
  const vars = { OCTOPOOL_GITHUB_APP_ID: "4242", APP_KEY: appKey, REQUEST_TIMEOUT_MS: "3000" };
  relay = new TestRelay({ vars: { ...OAUTH, ...vars } });
  await relay.github.reset();
  await relay.github.addInstallation(installation);
  for (const { id, weight } of members) {
    const app = { kind: "github_app", login: "acme-app", secret_ref: "APP_KEY", installation_id: 7 };
    await relay.addIdentity(id, { weight, ...(id === "app" ? app : {}) });
  }
  await relay.seed({ identities: [] });
  await setCoordinatorEnv(POOL, relay.vars);
  await env.DB.prepare("DELETE FROM audit_events").run();
  await relay.spendAnonymousQuota();
}

const caller = () => ({ headers: { authorization: `Bearer ${relay.callerToken}` } });
async function read(door: "health" | "stats") {
  return (await relay.fetch(`/v1/pools/${POOL}/${door}`, caller())).json() as Promise<Record<string, unknown>>;
}
/** As the dashboard's room of identities shows this one. */
async function shownIdentity(id: string): Promise<unknown> {
  const browser = await new Browser(relay).signInAsOperator("octocat");
  const { data } = await browser.query("identities.list", { pool: POOL });
  return (data as { readonly rows: readonly { readonly id: string }[] }).rows.find((row) => row.id === id);
}
async function lastRow() {
  const [row] = await listAuditRows(relay.db, { poolId: POOL, from: 0, to: 2 ** 52, limit: 1 });
  if (row === undefined) throw new Error("no audit row");
  const { setbacks } = JSON.parse(row.detail) as { setbacks?: readonly object[] };
  return { ...row, setbacks };
}

interface Cut {
  readonly name: string;
  readonly victim: Member["id"];
  readonly cut: () => Promise<unknown>;
  /** What stands in the audit row, and how health puts it. */
  readonly setback: Readonly<Record<string, unknown>>;
  readonly healthy: boolean;
  readonly problem: Readonly<Record<string, unknown>>;
  /** How the dashboard puts it. */
  readonly shown: Readonly<Record<string, unknown>>;
  /** It has served before. */
  readonly isKnown?: boolean;
}

const faultFor = (credential: string) => ({ match: { credential, path: PULL } });
const resting = (scope: string, cause: string) => ({ problem: null, standing: { cooldowns: [{ scope, cause }] } });
const withoutToken = (githubStatus: number) => ({
  problem: { code: "github_app_token_failed", githubStatus },
  standing: { cooldowns: [{ scope: "identity", cause: "unauthorized" }] },
});
const refusedToken = (githubStatus: number) => ({ identityId: "app", code: "github_app_token_failed", githubStatus });

const CUTS: readonly Cut[] = [
  {
    name: "a PAT that was revoked",
    victim: "pat_alice",
    cut: () => relay.github.removeToken(tokenOf("alice")),
    setback: { identityId: "pat_alice", code: "github_identity_unauthorized" },
    healthy: false,
    problem: { code: "github_identity_unauthorized", scope: "identity", until: expect.any(String) },
    shown: resting("identity", "unauthorized"),
  },
  {
    name: "a PAT without SSO for the repository",
    victim: "pat_alice",
    cut: () => relay.github.addFault({ kind: "forbidden", reason: "sso", ...faultFor("alice") }),
    setback: { identityId: "pat_alice", code: "github_identity_forbidden" },
    healthy: true,
    problem: { code: "github_identity_forbidden", scope: "route", on: "pr_view" },
    shown: resting("route", "forbidden"),
  },
  {
    name: "a PAT under a secondary limit",
    victim: "pat_alice",
    cut: () => relay.github.addFault({ kind: "secondary", status: 403, retry_after: 60, ...faultFor("alice") }),
    setback: { identityId: "pat_alice", code: "github_rate_limited" },
    healthy: false,
    problem: { code: "github_rate_limited", scope: "identity" },
    shown: resting("identity", "retry_after"),
  },
  {
    name: "a PAT whose quota is spent",
    victim: "pat_alice",
    cut: () => relay.github.setQuota("alice", "core", { remaining: 0 }),
    setback: { identityId: "pat_alice", code: "github_identity_depleted" },
    healthy: true,
    problem: { code: "github_identity_depleted", scope: "resource", on: "core" },
    shown: resting("resource", "depleted"),
  },
  {
    name: "an installation that was suspended",
    victim: "app",
    cut: () => relay.github.addInstallation({ ...installation, suspended: true }),
    setback: refusedToken(403),
    healthy: false,
    problem: { code: "github_app_token_failed", github_status: 403, scope: "identity" },
    shown: withoutToken(403),
  },
  {
    name: "an App that was uninstalled",
    victim: "app",
    cut: () => relay.github.removeInstallation(7),
    setback: refusedToken(404),
    healthy: false,
    problem: { code: "github_app_token_failed", github_status: 404, scope: "identity" },
    shown: withoutToken(404),
  },
  {
    name: "an App with the key of another",
    victim: "app",
    cut: () => relay.github.addInstallation({ ...installation, public_key: anotherPublicKey() }),
    setback: refusedToken(401),
    healthy: false,
    problem: { code: "github_app_token_failed", github_status: 401, scope: "identity" },
    shown: withoutToken(401),
  },
  {
    name: "an App with the number of another",
    victim: "app",
    cut: () => relay.github.addInstallation({ ...installation, public_key: undefined as never, app_id: "1" }),
    setback: refusedToken(401),
    healthy: false,
    problem: { code: "github_app_token_failed", github_status: 401, scope: "identity" },
    shown: withoutToken(401),
  },
  {
    name: "an installation that is suspended while its token lasts",
    victim: "app",
    isKnown: true,
    cut: () => relay.github.addInstallation({ ...installation, suspended: true }),
    setback: { identityId: "app", code: "github_identity_forbidden" },
    healthy: true,
    problem: { code: "github_identity_forbidden", scope: "route", on: "pr_view" },
    shown: resting("route", "forbidden"),
  },
];

describe.each(CUTS)("$name", ({ victim, cut, setback, healthy, problem, shown, isKnown = false }) => {
  const other = victim === "app" ? "pat_alice" : "app";
  const reasonFor = (code: unknown) => (code === "github_app_token_failed" ? "github_identity_unauthorized" : code);

  it("leaves the others serving, and is named by health, stats and the audit row", async () => {
    await start([
      { id: victim, weight: 1_000 },
      { id: other, weight: 1 },
    ]);
    const before = isKnown ? (await relay.ask(ANOTHER)).envelope.identity?.id : victim;
    expect(before).toBe(victim);
    await cut();
    const { http, envelope } = await relay.ask(PULL);
    expect([http, envelope.identity?.id]).toEqual([200, other]);
    expect(await lastRow()).toMatchObject({ identityId: other, status: 200, setbacks: [setback] });
    const standing = [
      { id: other, healthy: true, problems: [] },
      { id: victim, healthy, problems: [problem] },
    ].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const health = await read("health");
    expect(health).toMatchObject({ identities_total: 2, identities_healthy: healthy ? 2 : 1, identities: standing });
    expect(await read("stats")).toMatchObject({ identities: standing, identity_fallbacks: [] });
    expect(await shownIdentity(victim)).toMatchObject(shown);
    expect(await shownIdentity(other)).toMatchObject({ problem: null, standing: { cooldowns: [] } });
  });

  it("alone in its pool is the reason of the fallback, and named in it", async () => {
    await start([{ id: victim, weight: 100 }]);
    if (isKnown) await relay.ask(ANOTHER);
    await cut();
    const { http, envelope } = await relay.ask(PULL);
    const reason = reasonFor(setback["code"]);
    expect([http, envelope.error?.code]).toEqual([424, "fallback_local"]);
    expect(envelope.error?.details).toMatchObject({ reason, identity: victim, identity_error: setback["code"] });
    expect(await lastRow()).toMatchObject({ identityId: victim, fallbackReason: reason, setbacks: [setback] });
    const { identity_fallbacks } = await read("stats");
    expect(identity_fallbacks).toMatchObject([{ identity: victim, reason, requests: 1 }]);
  });
});

describe("an identity that is wrongly set up", () => {
  beforeEach(() => start([{ id: "app", weight: 1_000 }], "no key at all"));

  it("is never asked, and leaves the others serving", async () => {
    await relay.addIdentity("pat_alice");
    expect((await relay.ask(PULL)).envelope.identity?.id).toBe("pat_alice");
    expect((await relay.github.log()).filter(({ path }) => path.startsWith("/app/"))).toEqual([]);
    expect(await read("health")).toMatchObject({
      identities_healthy: 1,
      identities: [{ id: "app", problems: [{ code: "github_app_key_format", scope: "identity" }] }, { problems: [] }],
    });
  });

  it("alone in its pool is no_identity, and named", async () => {
    const { envelope } = await relay.ask(PULL);
    const named = { identity: "app", identity_error: "github_app_key_format" };
    expect(envelope.error?.details).toEqual({ reason: "no_identity", ...named });
    expect(await lastRow()).toMatchObject({ setbacks: [{ identityId: "app", code: "github_app_key_format" }] });
  });
});

describe("GitHub itself down", () => {
  it("is nobody's fault: one question, one 424 github_unavailable, and every identity goes on after it", async () => {
    await start([
      { id: "pat_alice", weight: 100 },
      { id: "app", weight: 100 },
    ]);
    await relay.github.addFault({ kind: "status", status: 503, match: { path: PULL } });
    const { http, envelope } = await relay.ask(PULL);
    expect([http, envelope.error?.details?.["reason"]]).toEqual([424, "github_unavailable"]);
    expect(await read("health")).toMatchObject({
      identities_healthy: 2,
      identities: [{ problems: [] }, { problems: [] }],
    });
    expect(await lastRow()).toMatchObject({ fallbackReason: "github_unavailable", setbacks: undefined });
    const { fallback_reasons, identity_fallbacks } = await read("stats");
    expect(fallback_reasons).toMatchObject([{ reason: "github_unavailable", route_kind: "pr_view", requests: 1 }]);
    expect(identity_fallbacks).toEqual([]);
    for (const id of ["pat_alice", "app"])
      expect(await shownIdentity(id)).toMatchObject({ problem: null, standing: { cooldowns: [] } });
    await relay.github.clearFaults();
    relay.later(2_000);
    expect((await relay.ask(PULL)).http).toBe(200);
  });

  it("leaves what is stored being served, and the audit row says why it was not new", async () => {
    await start([{ id: "pat_alice", weight: 100 }]);
    expect((await relay.ask(PULL)).http).toBe(200);
    await relay.github.addFault({ kind: "status", status: 502, match: { path: PULL } });
    relay.later(10 * 60_000);
    expect((await relay.ask(PULL)).envelope.relay).toMatchObject({
      cache: "stale",
      stale_reason: "github_unavailable",
    });
    expect(await lastRow()).toMatchObject({ status: 200, detail: expect.stringContaining("github_unavailable") });
  });
});

describe("three identities that cannot", () => {
  it("are the most that one request tries; the next request tries the fourth", async () => {
    await start([
      { id: "pat_alice", weight: 300 },
      { id: "pat_bob", weight: 200 },
      { id: "app", weight: 100 },
    ]);
    relay.setVars({ PAT_CAROL: tokenOf("carol") });
    await relay.addIdentity("pat_carol", { weight: 1 });
    for (const credential of ["alice", "bob", "acme-app"]) {
      await relay.github.addFault({
        kind: "secondary",
        status: 403,
        retry_after: 60,
        match: { credential, path: PULL },
      });
    }
    const first = await relay.ask(PULL);
    expect(first.envelope.error?.details).toMatchObject({ reason: "github_rate_limited", identity: "app" });
    const { setbacks } = await lastRow();
    expect(setbacks?.map((one) => (one as { identityId: string }).identityId)).toEqual(["pat_alice", "pat_bob", "app"]);
    relay.later(2_000);
    expect((await relay.ask(PULL)).envelope.identity?.id).toBe("pat_carol");
  });
});
