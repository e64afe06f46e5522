import { describe, expect, it } from "vitest";
import { setupProblem } from "../../../server/relay/identity-setup.ts";
import { IDENTITY_PROBLEMS } from "../../../shared/identity-problems.ts";
import { APP_KEYS } from "../../support/app-keys.ts";
import { anIdentity } from "../../support/builders.ts";

const app = anIdentity("app", ["*"], { kind: "github_app", installationId: 7 });

describe("what an identity lacks", () => {
  it.each([
    { name: "nothing, of a PAT whose secret is there", identity: anIdentity("ada"), is: undefined },
    {
      name: "nothing, of a PAT on a server without an App",
      identity: anIdentity("ada"),
      appId: undefined,
      is: undefined,
    },
    { name: "a PAT's secret", identity: anIdentity("ada"), secret: undefined, is: "identity_secret_missing" },
    { name: "nothing, of an App with a key from GitHub's page", identity: app, secret: APP_KEYS.pkcs1, is: undefined },
    { name: "nothing, of an App with a rewritten key", identity: app, secret: APP_KEYS.pkcs8, is: undefined },
    { name: "an App's secret", identity: app, secret: undefined, is: "identity_secret_missing" },
    { name: "the App's id", identity: app, appId: undefined, secret: APP_KEYS.pkcs1, is: "github_app_id_missing" },
    {
      name: "the installation",
      identity: { ...app, installationId: undefined },
      secret: APP_KEYS.pkcs1,
      is: "github_app_installation_missing",
    },
    { name: "a key in place of a token", identity: app, secret: "ghp_token", is: "github_app_key_format" },
  ])("is $name", ({ identity, is, ...given }) => {
    const secret = "secret" in given ? given.secret : "ghp_token";
    const appId = "appId" in given ? given.appId : "4242";
    expect(setupProblem(identity, { secret: () => secret, config: { appId } })).toBe(is);
    expect(is === undefined || is in IDENTITY_PROBLEMS).toBe(true);
  });
});
