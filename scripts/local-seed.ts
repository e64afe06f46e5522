/** Fills a local server through its own HTTP doors: a caller, identities, an operator. Safe to repeat. */
import { Doors } from "./doors.ts";
import type { LocalWorld } from "./local-world.ts";
import { Problem } from "./problem.ts";

export const LOCAL_POOL = "maintainers";
const CLIENT_NAME = "local";

export interface SeedAsk {
  readonly url: string;
  readonly adminToken: string;
  readonly world: LocalWorld;
  /** The caller of an earlier run: kept where its token still opens the pool. */
  readonly earlier: { readonly callerToken: string; readonly githubLogin: string } | undefined;
  /** Replaced in tests. */
  readonly fetch?: typeof fetch;
}

export interface Seeded {
  readonly callerToken: string;
  readonly githubLogin: string;
}

/** @throws Problem naming the door and the server's refusal. */
export async function seedLocal({ url, adminToken, world, earlier, fetch: send = fetch }: SeedAsk): Promise<Seeded> {
  const ask = new Doors(url, send);
  const isKept = earlier !== undefined && (await ask.opens(LOCAL_POOL, earlier.callerToken));
  const caller = isKept ? earlier : await logIn(ask, world.githubToken);
  for (const { id, login, secretRef } of world.identities) {
    await ask.post(`/v1/admin/pools/${LOCAL_POOL}/identities`, adminToken, {
      id,
      kind: "pat",
      login: login ?? caller.githubLogin,
      secret_ref: secretRef,
      scopes: [{ owner: "*" }],
    });
  }
  const operator = { pool: LOCAL_POOL, github_login: caller.githubLogin, role: "admin" };
  await ask.post("/v1/admin/operators", adminToken, operator);
  return caller;
}

async function logIn(doors: Doors, githubToken: string): Promise<Seeded> {
  const door = "/v1/login/github-cli";
  const answer = await doors.post(door, undefined, {
    github_token: githubToken,
    pool: LOCAL_POOL,
    client_name: CLIENT_NAME,
  });
  const { token, caller } = answer as { token?: unknown; caller?: { github_login?: unknown } };
  if (typeof token !== "string" || typeof caller?.github_login !== "string") {
    throw new Problem(`POST ${door} sent no caller token.`);
  }
  return { callerToken: token, githubLogin: caller.github_login };
}
