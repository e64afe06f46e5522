/** Which GitHub a local run asks: a stand-in on this machine, or the real one with the user's own token. */
import { randomBytes } from "node:crypto";
import { tokenOf } from "../test/github/client.ts";
import { Problem } from "./problem.ts";

export interface LocalIdentity {
  readonly id: string;
  readonly secretRef: string;
  readonly token: string;
  /** Undefined: the seeded caller's own login. */
  readonly login: string | undefined;
}

/** What a local run is configured and seeded with. Holds tokens: never printed as a whole. */
export interface LocalWorld {
  readonly kind: "standin" | "github";
  readonly vars: Readonly<Record<string, string>>;
  readonly orgToken: string;
  /** Of the browser's sign-in; undefined where GitHub knows no OAuth app of ours. */
  readonly oauthSecret: string | undefined;
  /** Exchanged for the seeded caller's token; its user becomes operator. */
  readonly githubToken: string;
  readonly identities: readonly LocalIdentity[];
  /** A path to try, of a repository that is public there. */
  readonly samplePath: string;
}

const STAND_IN_ORG = "acme-inc";
const STAND_IN_USER = "octocat";

/** `url`: the stand-in's origin. */
export function standInWorld(url: string): LocalWorld {
  return {
    kind: "standin",
    vars: {
      ALLOWED_GITHUB_ORG: STAND_IN_ORG,
      DEFAULT_ALLOWED_OWNERS: STAND_IN_ORG,
      GITHUB_API_ORIGIN: url,
      GITHUB_WEB_ORIGIN: url,
      GITHUB_RAW_ORIGIN: url,
      GITHUB_OAUTH_CLIENT_ID: "octopool-local",
    },
    // Of this run alone: sign-ins under way do not outlive it.
    oauthSecret: randomBytes(32).toString("base64url"),
    orgToken: tokenOf("org-reader"),
    githubToken: tokenOf(STAND_IN_USER),
    identities: [
      { id: "pat_alice", secretRef: "PAT_ALICE", login: "alice", token: tokenOf("alice") },
      { id: "pat_bob", secretRef: "PAT_BOB", login: "bob", token: tokenOf("bob") },
    ],
    samplePath: "repos/octocat/hello-world/pulls/1347",
  };
}

/** @throws Problem naming the variable that is missing. */
export function githubWorld(env: Readonly<Record<string, string | undefined>>): LocalWorld {
  const token = env.GITHUB_TOKEN?.trim();
  if (!token) {
    throw new Problem("--github needs GITHUB_TOKEN: a GitHub token of yours, such as the one gh auth token prints.");
  }
  const org = env.ALLOWED_GITHUB_ORG?.trim();
  if (!org) {
    throw new Problem(
      "--github needs ALLOWED_GITHUB_ORG: the GitHub organization whose members may log in, you among them.",
    );
  }
  return {
    kind: "github",
    vars: { ALLOWED_GITHUB_ORG: org, DEFAULT_ALLOWED_OWNERS: env.DEFAULT_ALLOWED_OWNERS?.trim() || org },
    orgToken: token,
    oauthSecret: undefined,
    githubToken: token,
    identities: [{ id: "pat_local", secretRef: "PAT_LOCAL", login: undefined, token }],
    samplePath: "repos/cli/cli",
  };
}
