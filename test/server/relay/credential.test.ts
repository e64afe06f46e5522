import { beforeEach, describe, expect, it } from "vitest";
import type { TokenAsk, TokenTurn } from "../../../server/coordinator/protocol.ts";
import type { Deps } from "../../../server/deps.ts";
import { Isolate } from "../../../server/isolate.ts";
import { credentialOf, forgetCredential } from "../../../server/relay/credential.ts";
import type { Identity, PooledIdentity } from "../../../server/relay/stages.ts";
import { APP_KEYS } from "../../support/app-keys.ts";
import { anIdentity, HOUR, MINUTE, NOW, SECOND } from "../../support/builders.ts";

const pooled = (identity: Identity): PooledIdentity => ({ ...identity, poolId: "maintainers" });
const app = anIdentity("app", ["*"], { kind: "github_app", installationId: 7, secretRef: "APP_KEY" });
const DEADLINE = NOW + 15 * SECOND;

let now: number;
let asked: TokenAsk[];
let minted: string[];
let coordinates: (ask: TokenAsk) => Promise<TokenTurn>;
let secrets: Record<string, string>;
let isolate: Isolate;
beforeEach(() => {
  now = NOW;
  asked = [];
  minted = [];
  secrets = { PAT_ADA: "ghp_ada", APP_KEY: APP_KEYS.pkcs8 };
  isolate = new Isolate("test");
  coordinates = async () => ({ kind: "token", token: `ghs_${asked.length}`, expiresAt: now + HOUR });
});

const deps = () =>
  ({
    now: () => now,
    isolate,
    config: { appId: "4242", githubApiOrigin: "https://api.github.example" },
    secret: (ref: string) => secrets[ref],
    coordinator: () => ({
      installationToken: (ask: TokenAsk) => {
        asked.push(ask);
        return coordinates(ask);
      },
    }),
    platform: {
      fetch: async (request: Request) => {
        minted.push(request.url);
        const body = { token: "ghs_alone", expires_at: new Date(now + HOUR).toISOString() };
        return new Response(JSON.stringify(body), { status: 201 });
      },
    },
  }) as unknown as Pick<Deps, "secret" | "config" | "isolate" | "now" | "coordinator" | "platform">;
const credential = (identity: Identity = pooled(app), deadlineAt = DEADLINE) =>
  credentialOf(identity, deadlineAt, deps());

describe("the credential", () => {
  it("of a PAT is its secret, and nobody is asked", async () => {
    expect(await credential(pooled(anIdentity("ada")))).toEqual({ kind: "token", token: "ghp_ada" });
    expect(asked).toEqual([]);
  });

  it("of an App is its installation's token, asked of the pool's coordinator without any secret", async () => {
    expect(await credential()).toEqual({ kind: "token", token: "ghs_1" });
    expect(asked).toEqual([{ identityId: "app", installationId: 7, secretRef: "APP_KEY", at: NOW }]);
  });

  it("of an App comes from this isolate's memory for five minutes", async () => {
    await credential();
    now += 5 * MINUTE - 1;
    expect(await credential()).toEqual({ kind: "token", token: "ghs_1" });
    now += 1;
    expect(await credential()).toEqual({ kind: "token", token: "ghs_2" });
  });

  it("of an App is asked for again when GitHub has refused it", async () => {
    await credential();
    forgetCredential(app, { isolate });
    expect(await credential()).toEqual({ kind: "token", token: "ghs_2" });
  });

  it("of an App is minted alone where the coordinator cannot be reached", async () => {
    coordinates = () => Promise.reject(new Error("restarted"));
    expect(await credential()).toEqual({ kind: "token", token: "ghs_alone" });
    expect(minted).toEqual(["https://api.github.example/app/installations/7/access_tokens"]);
  });
});

describe("an identity without a usable credential", () => {
  it.each([
    { name: "lacks its secret", lose: "PAT_ADA", identity: anIdentity("ada"), code: "identity_secret_missing" },
    { name: "lacks its key", lose: "APP_KEY", identity: app, code: "identity_secret_missing" },
    {
      name: "lacks its installation",
      lose: "",
      identity: { ...app, installationId: undefined },
      code: "github_app_installation_missing",
    },
  ])("that $name is told of by name", async ({ lose, identity, code }) => {
    delete secrets[lose];
    expect(await credential(pooled(identity))).toEqual({
      kind: "unusable",
      code: "no_identity",
      setback: { identityId: identity.id, code },
    });
    expect(asked).toEqual([]);
  });

  it("is told of with GitHub's status, and the caller's reason is another", async () => {
    const failure = { kind: "failed", code: "github_app_token_failed", status: 403, taught: null } as const;
    coordinates = async () => ({ ...failure, reason: "github_identity_unauthorized" });
    expect(await credential()).toEqual({
      kind: "unusable",
      code: "github_identity_unauthorized",
      setback: { identityId: "app", code: "github_app_token_failed", githubStatus: 403 },
    });
  });

  it("is given up when the request's time is over", async () => {
    coordinates = () => new Promise(() => {});
    expect(await credential(pooled(app), NOW)).toMatchObject({ kind: "unusable", code: "github_unavailable" });
  });
});
