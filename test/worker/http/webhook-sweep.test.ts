/** The hourly look at an App's webhook deliveries, against the stand-in's App. */
import { generateKeyPairSync } from "node:crypto";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { realPlatform } from "../../../server/create-worker.ts";
import { sweep } from "../../../server/scheduled.ts";
import { listRuns, recordRun } from "../../../server/store/housekeeping.ts";
import { saveProof } from "../../../server/store/visibility.ts";
import { changeCoverage, findCoverage, recordDelivery, saveCoverage } from "../../../server/store/webhooks.ts";
import { DELIVERIES_TASK, sweepDeliveries } from "../../../server/sweep-deliveries.ts";
import type { AppSetting } from "../../github/client.ts";
import { countRows, HOUR } from "../store/rows.ts";
import { TestRelay } from "../support/relay.ts";
import { SECRET } from "./webhook-sender.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PEM = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
const PUBLIC = publicKey.export({ type: "spki", format: "pem" }).toString();
const MINUTE = 60_000;
const ON_ALL = {
  id: 51,
  account: { login: "Acme" },
  events: ["push", "issues", "gollum"],
  repository_selection: "all",
} as const;

let relay: TestRelay;
let now: number;

beforeEach(async () => {
  relay = new TestRelay({ vars: { GITHUB_WEBHOOK_SECRET: SECRET, OCTOPOOL_GITHUB_APP_ID: "4242", APP_KEY: PEM } });
  await relay.github.reset();
  await relay.addIdentity("app_acme", { kind: "github_app", secret_ref: "APP_KEY", installation_id: 51 });
  now = Date.now();
});

function anApp(changes: Partial<AppSetting> = {}): AppSetting {
  const base = {
    app_id: "4242",
    public_key: PUBLIC,
    events: ["push", "issues"],
    installations: [ON_ALL],
    deliveries: [],
  };
  return { ...base, ...changes };
}

function aDelivery(changes: Partial<AppSetting["deliveries"][number]> & { readonly agoMs?: number } = {}) {
  const { agoMs = 5 * MINUTE, ...rest } = changes;
  return {
    id: 1,
    guid: "guid-1",
    delivered_at: new Date(now - agoMs).toISOString(),
    redelivery: false,
    status_code: 503,
    event: "push",
    installation_id: 51,
    repository_id: 1296269,
    ...rest,
  };
}

const deps = () => ({
  db: relay.db,
  bucket: env.ACTIONS_LOGS,
  config: relay.config,
  now: () => now,
  platform: realPlatform(),
  secret: (name: string) => {
    const value = relay.vars[name];
    return typeof value === "string" ? value : undefined;
  },
});
const run = () => sweepDeliveries(deps(), now);
const attempts = async () =>
  (await relay.github.log({ method: "POST" })).filter(({ path }) => path.endsWith("/attempts")).map(({ path }) => path);
const covered = async (repo = "widget") => [...(await findCoverage(relay.db, "acme", repo))].toSorted();
const endedReasons = (reason: string) => countRows("repo_coverage", `ended_reason = '${reason}'`);

describe("the App's coverage", () => {
  it("is learnt from its installations: what the App subscribes to and its account agreed to", async () => {
    await relay.github.setApp(anApp({ events: ["push", "issues", "release"] }));
    expect(await run()).toBe(0);
    expect(await covered()).toEqual(["issues", "push"]);
  });

  it("ends for events the App no longer subscribes to", async () => {
    await relay.github.setApp(anApp());
    await run();
    await relay.github.setApp(anApp({ events: ["push"] }));
    await run();
    expect(await covered()).toEqual(["push"]);
  });

  it("of chosen repositories is kept for those that were named, and no longer for all", async () => {
    await saveCoverage(relay.db, { owner: "acme", repo: "widget", source: "app", events: ["push"] }, 1);
    await saveCoverage(relay.db, { owner: "acme", repo: "*", source: "app", events: ["push"] }, 1);
    await relay.github.setApp(anApp({ installations: [{ ...ON_ALL, repository_selection: "selected" }] }));
    await run();
    expect(await covered()).toEqual(["issues", "push"]);
    expect(await covered("other")).toEqual([]);
  });

  it("comes back to no repository that was taken out of the installation", async () => {
    await saveCoverage(relay.db, { owner: "acme", repo: "widget", source: "app", events: ["push"] }, 1);
    const gone = {
      kind: "ends",
      owner: "acme",
      repos: ["widget"],
      source: "app",
      reason: "repository_removed",
    } as const;
    await changeCoverage(relay.db, [gone], 2);
    await relay.github.setApp(anApp({ installations: [{ ...ON_ALL, repository_selection: "selected" }] }));
    await run();
    expect(await covered()).toEqual([]);
  });

  it.each([
    { name: "is gone", installations: [], reason: "installation_deleted" },
    {
      name: "is suspended",
      installations: [{ ...ON_ALL, suspended_at: "2026-06-15T12:00:00Z" }],
      reason: "installation_suspend",
    },
  ])("ends where the installation $name", async ({ installations, reason }) => {
    await saveCoverage(relay.db, { owner: "acme", repo: "*", source: "app", events: ["push"] }, 1);
    await relay.github.setApp(anApp({ installations }));
    await run();
    expect(await covered()).toEqual([]);
    expect(await endedReasons(reason)).toBe(1);
  });
});

describe("a failed delivery", () => {
  it("is asked for again and costs no coverage", async () => {
    await relay.github.setApp(anApp({ deliveries: [aDelivery()] }));
    expect(await run()).toBe(1);
    expect(await attempts()).toEqual(["/app/hook/deliveries/1/attempts"]);
    expect(await covered()).toEqual(["issues", "push"]);
  });

  it.each([
    { name: "that we took all the same", deliveries: () => [aDelivery({ guid: "taken" })] },
    {
      name: "whose later attempt succeeded",
      deliveries: () => [aDelivery({ id: 2, status_code: 202, redelivery: true }), aDelivery()],
    },
    { name: "from before the last look", deliveries: () => [aDelivery({ agoMs: 63 * MINUTE })] },
  ])("is left alone $name", async ({ deliveries }) => {
    await recordDelivery(relay.db, {
      deliveryId: "taken",
      event: "push",
      action: "",
      repository: "",
      bumped: 1,
      receivedAt: now,
    });
    const report = { [DELIVERIES_TASK]: { done: 0, remaining: 0 } };
    await recordRun(relay.db, { startedAt: now - HOUR, finishedAt: now - HOUR, report, remaining: 0, failed: 0 });
    await relay.github.setApp(anApp({ deliveries: deliveries() }));
    expect(await run()).toBe(0);
    expect(await attempts()).toEqual([]);
    expect(await covered()).toEqual(["issues", "push"]);
  });

  it("is found on a later page", async () => {
    const good = Array.from({ length: 150 }, (_, index) =>
      aDelivery({ id: 1000 + index, guid: `good-${index}`, status_code: 200 }),
    );
    await relay.github.setApp(anApp({ deliveries: [...good, aDelivery({ agoMs: 20 * MINUTE })] }));
    expect(await run()).toBe(1);
  });

  it.each([
    { name: "GitHub will not send again", changes: {}, app: { redelivers: false } },
    { name: "that failed again", changes: { redelivery: true }, app: {} },
  ])("$name ends the event's coverage and what is stored of its repository", async ({ changes, app }) => {
    const proof = { owner: "acme", repo: "widget", public: true, repositoryId: 1296269, fullName: "acme/widget" };
    await saveProof(relay.db, { ...proof, etag: null, askedBy: "anonymous", checkedAt: now, expiresAt: now + HOUR });
    await relay.github.setApp(anApp({ deliveries: [aDelivery(changes)], ...app }));
    expect(await run()).toBe(0);
    expect(await covered()).toEqual(["issues"]);
    expect(await endedReasons("failed_delivery")).toBe(1);
    expect(await countRows("cache_generations", "surrogate_key = 'repo:acme/widget'")).toBe(1);
    expect(await countRows("github_public_repos", `expires_at > ${now}`)).toBe(0);
  });

  it("among more than 500 is lost where it is not among the first", async () => {
    const deliveries = Array.from({ length: 501 }, (_, index) => aDelivery({ id: index + 1, guid: `failed-${index}` }));
    await relay.github.setApp(anApp({ deliveries }));
    expect(await run()).toBe(500);
    expect(await covered()).toEqual(["issues"]);
  });

  it("of an installation nobody knows ends all of the App's coverage", async () => {
    await relay.github.setApp(anApp({ deliveries: [aDelivery({ redelivery: true, installation_id: null })] }));
    await run();
    expect(await covered()).toEqual([]);
  });

  it("costs coverage for an hour: the next look brings it back", async () => {
    await relay.github.setApp(anApp({ deliveries: [aDelivery({ redelivery: true })] }));
    await sweep(deps(), now);
    expect(await covered()).toEqual(["issues"]);
    now += HOUR;
    await relay.github.advanceClock(HOUR);
    await sweep(deps(), now);
    expect(await covered()).toEqual(["issues", "push"]);
  });
});

interface Unable {
  readonly name: string;
  readonly vars: Readonly<Record<string, string | null>>;
  readonly reason: string;
  readonly fails: boolean;
}

describe("a look that cannot be had", () => {
  it.each<Unable>([
    { name: "no App id", vars: { OCTOPOOL_GITHUB_APP_ID: null }, reason: "github_app_id_missing", fails: false },
    { name: "no key", vars: { APP_KEY: null }, reason: "github_app_key_missing", fails: true },
    { name: "text that is no key", vars: { APP_KEY: "nonsense" }, reason: "github_app_key_format", fails: true },
    {
      name: "the key of another App",
      vars: { OCTOPOOL_GITHUB_APP_ID: "1" },
      reason: "github_app_unauthorized",
      fails: true,
    },
    { name: "no webhook secret", vars: { GITHUB_WEBHOOK_SECRET: null }, reason: "webhooks_off", fails: false },
  ])("for $name ends the App's coverage, and says so", async ({ vars, reason, fails }) => {
    await saveCoverage(relay.db, { owner: "acme", repo: "*", source: "app", events: ["push"] }, 1);
    await relay.github.setApp(anApp());
    relay.setVars(vars);
    await sweep(deps(), now);
    expect(await covered()).toEqual([]);
    expect(await endedReasons(reason)).toBe(1);
    const [last] = await listRuns(relay.db, 1);
    const report = last?.report[DELIVERIES_TASK];
    expect(report).toEqual(fails ? { done: 0, remaining: 0, failed: reason } : { done: 0, remaining: 0 });
  });

  it.each([
    { path: "/app", reason: "github_app_unreachable" },
    { path: "/app/installations", reason: "github_app_installations_unknown" },
    { path: "/app/hook/deliveries", reason: "github_app_deliveries_unknown" },
  ])("for a failure at $path ends the App's coverage", async ({ path, reason }) => {
    await saveCoverage(relay.db, { owner: "acme", repo: "*", source: "app", events: ["push"] }, 1);
    await relay.github.setApp(anApp());
    await relay.github.addFault({ kind: "status", status: 502, match: { path } });
    await expect(run()).rejects.toThrow(reason);
    expect(await covered()).toEqual([]);
  });

  it("leaves the coverage of webhooks that are no App's", async () => {
    await saveCoverage(relay.db, { owner: "acme", repo: "widget", source: "repository", events: ["push"] }, 1);
    relay.setVars({ APP_KEY: null });
    await expect(run()).rejects.toThrow("github_app_key_missing");
    expect(await covered()).toEqual(["push"]);
  });
});
