import { describe, expect, it } from "vitest";
import type { Cooldown, IdentityStanding, Snapshot } from "../../../server/coordinator/protocol.ts";
import type { Deps } from "../../../server/deps.ts";
import { healthOf } from "../../../server/relay/identity-health.ts";
import type { Identity } from "../../../server/relay/stages.ts";
import { APP_KEYS } from "../../support/app-keys.ts";
import { anIdentity, MINUTE, NOW } from "../../support/builders.ts";

const app = anIdentity("app", ["*"], { kind: "github_app", installationId: 7 });
const UNTIL = new Date(NOW + MINUTE).toISOString();

/** A pool of one identity, as its coordinator describes it; `undefined`: the coordinator does not answer. */
async function judge(identity: Identity, standing: Partial<IdentityStanding> | undefined, secret?: string) {
  const asked: string[][] = [];
  const snapshot = async (ids: readonly string[]): Promise<Snapshot> => {
    asked.push([...ids]);
    if (standing === undefined) throw new Error("the object restarts");
    const blank = { inFlight: 0, cooldowns: [], resources: [], leases: [], lastError: null };
    const identities = ids.map((identityId) => ({ identityId, ...blank, ...standing }));
    return { at: NOW, identities, fills: { inFlight: 0, waiting: 0, led: 0, coalesced: 0 } };
  };
  const deps = {
    now: () => NOW,
    secret: () => secret ?? (identity.kind === "pat" ? "ghp_secret" : APP_KEYS.pkcs1),
    config: { appId: "4242" },
    coordinator: () => ({ snapshot }) as unknown as ReturnType<Deps["coordinator"]>,
  };
  const { identities } = await healthOf("maintainers", [identity], deps);
  return { health: identities[0], asked };
}

const resting = (part: Partial<Cooldown>): Partial<IdentityStanding> => ({
  cooldowns: [{ scope: "identity", on: "ada", cause: "secondary_limit", until: NOW + MINUTE, ...part }],
});

describe("an identity's health", () => {
  it.each<{ name: string; standing: Partial<IdentityStanding>; healthy: boolean; problems: readonly object[] }>([
    { name: "is good where nothing is wrong", standing: {}, healthy: true, problems: [] },
    {
      name: "is bad while it rests as a whole",
      standing: resting({}),
      healthy: false,
      problems: [{ code: "github_rate_limited", scope: "identity", until: UNTIL }],
    },
    {
      name: "names a revoked token",
      standing: resting({ cause: "unauthorized" }),
      healthy: false,
      problems: [{ code: "github_identity_unauthorized", scope: "identity", until: UNTIL }],
    },
    {
      name: "is good with one resource spent, and names it",
      standing: resting({ scope: "resource", on: "search", cause: "depleted" }),
      healthy: true,
      problems: [{ code: "github_identity_depleted", scope: "resource", on: "search", until: UNTIL }],
    },
    {
      name: "is good with a route refused, and names the kind of route but no repository",
      standing: resting({ scope: "route", on: "pr_view acme/secret", cause: "forbidden" }),
      healthy: true,
      problems: [{ code: "github_identity_forbidden", scope: "route", on: "pr_view", until: UNTIL }],
    },
    { name: "is good again when the rest has ended", standing: resting({ until: NOW }), healthy: true, problems: [] },
    {
      name: "says outage of an identity that rests after failures",
      standing: resting({ cause: "failing" }),
      healthy: false,
      problems: [{ code: "github_unavailable", scope: "identity", until: UNTIL }],
    },
  ])("$name", async ({ standing, healthy, problems }) => {
    expect((await judge(anIdentity("ada"), standing)).health).toEqual({ id: "ada", kind: "pat", healthy, problems });
  });

  const tokenFailure = { code: "github_app_token_failed", status: 403, at: NOW } as const;
  const failed = { code: "github_app_token_failed", scope: "identity", github_status: 403 };

  it("tells the rest of an App without a token as the mint's failure, with GitHub's status", async () => {
    const standing = { ...resting({ cause: "unauthorized" }), tokenFailure };
    const { health } = await judge(app, standing);
    expect(health).toEqual({ id: "app", kind: "github_app", healthy: false, problems: [{ ...failed, until: UNTIL }] });
  });

  it("tells of a failed mint for ten minutes where the App does not rest any more", async () => {
    expect((await judge(app, { tokenFailure })).health).toMatchObject({ healthy: true, problems: [failed] });
    const old = { ...tokenFailure, at: NOW - 10 * MINUTE };
    expect((await judge(app, { tokenFailure: old })).health).toMatchObject({ healthy: true, problems: [] });
  });

  it.each([
    { name: "paused", identity: { ...app, status: "paused" as const }, code: "identity_paused" },
    {
      name: "without installation",
      identity: { ...app, installationId: undefined },
      code: "github_app_installation_missing",
    },
  ])("is bad of one that is $name, and nobody is asked", async ({ identity, code }) => {
    const { health, asked } = await judge(identity, {});
    expect(health).toMatchObject({ healthy: false, problems: [{ code, scope: "identity" }] });
    expect(asked).toEqual([]);
  });

  it("names a key that is none, and holds nothing of it", async () => {
    const { health } = await judge(app, {}, "-----BEGIN RSA PRIVATE KEY-----\nhalf");
    expect(health).toMatchObject({ healthy: false, problems: [{ code: "github_app_key_format" }] });
    expect(JSON.stringify(health)).not.toContain("half");
  });

  it("is judged by the set-up alone while the coordinator does not answer", async () => {
    expect((await judge(anIdentity("ada"), undefined)).health).toMatchObject({ healthy: true, problems: [] });
  });
});
