/** The kinds of identity that a pool may hold, each as a grade of asker that the stand-in tells apart. */
import { tokenOf } from "../../github/vocabulary.ts";
import { APP_KEYS, APP_PUBLIC_KEY } from "../../support/app-keys.ts";
import { setCoordinatorEnv } from "../support/coordinator-env.ts";
import { POOL, type TestRelay } from "../support/relay.ts";

export interface IdentityKind {
  readonly name: string;
  /** Whose credential GitHub sees. */
  readonly login: string;
  readonly grade: "user" | "member" | "admin";
  readonly publicOnly: boolean;
  readonly installationId: number | undefined;
}

const APP_ID = "4242";
const SECRET = "CANARY_SECRET";

export const TOLD_MOST: IdentityKind = {
  name: "an administrator's PAT",
  login: "octocat",
  grade: "admin",
  publicOnly: false,
  installationId: undefined,
};

export const KINDS = [
  { name: "a user's PAT", login: "bob", grade: "user", publicOnly: false, installationId: undefined },
  { name: "a member's PAT", login: "alice", grade: "member", publicOnly: false, installationId: undefined },
  TOLD_MOST,
  { name: "a public-only PAT", login: "bob", grade: "user", publicOnly: true, installationId: undefined },
  { name: "a user's App", login: "pool-three", grade: "user", publicOnly: false, installationId: 73 },
  { name: "a member's App", login: "pool-one", grade: "member", publicOnly: false, installationId: 71 },
  { name: "an administrator's App", login: "pool-two", grade: "admin", publicOnly: false, installationId: 72 },
] as const satisfies readonly IdentityKind[];

/** Who is told what, for plantCanary. */
export const GRADES = {
  users: ["bob", "pool-three"],
  members: ["alice", "pool-one"],
  admins: ["octocat", "pool-two", "org-reader"],
};

/** A token that is told everything asks for memberships and proofs. */
export const ORG_TOKEN = tokenOf("org-reader");

export async function enlist(kind: IdentityKind, relay: TestRelay): Promise<void> {
  const { login, publicOnly, installationId } = kind;
  relay.setVars({ [SECRET]: secretOf(kind), OCTOPOOL_GITHUB_APP_ID: APP_ID });
  for (const resource of ["core", "search", "code_search"] as const)
    await relay.github.setQuota(login, resource, { limit: 50_000, remaining: 50_000 });
  if (installationId !== undefined)
    await relay.github.addInstallation({
      id: installationId,
      app_id: APP_ID,
      account: login,
      public_key: APP_PUBLIC_KEY,
    });
  await setCoordinatorEnv(POOL, relay.vars);
  await relay.addIdentity("canary", {
    kind: installationId === undefined ? "pat" : "github_app",
    login,
    secret_ref: SECRET,
    public_only: publicOnly,
    ...(installationId === undefined ? {} : { installation_id: installationId }),
  });
}

/** The identity's secret is missing for a while: nobody can be asked, and no identity rests because of it. */
export async function whileUnable<T>(relay: TestRelay, work: () => Promise<T>): Promise<T> {
  const secret = String(relay.vars[SECRET]);
  relay.setVars({ [SECRET]: null });
  try {
    return await work();
  } finally {
    relay.setVars({ [SECRET]: secret });
  }
}

function secretOf({ login, installationId }: IdentityKind): string {
  return installationId === undefined ? tokenOf(login) : APP_KEYS.pkcs1;
}
