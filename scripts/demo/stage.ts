/** Sets up the pool `demo` through the doors that an operator has: its callers, its identities, and who may look at it. */
import { StandInClient, tokenOf } from "../../test/github/client.ts";
import { Doors } from "../doors.ts";
import { CALLERS, DEMO_ORG, DEMO_POOL, IDENTITIES, REPOSITORIES } from "./cast.ts";

export interface Stage {
  /** Caller tokens by login. */
  readonly tokens: ReadonlyMap<string, string>;
}

export interface StageAsk {
  readonly url: string;
  readonly standInUrl: string;
  readonly adminToken: string;
  /** Becomes an operator of the pool. */
  readonly operator: string;
}

/** GitHub tells a busy identity to come back after this long. */
const RETRY_AFTER_SECONDS = 240;

/** Safe to repeat: the callers' tokens are new each time. @throws Problem naming the door and the server's refusal. */
export async function setStage({ url, standInUrl, adminToken, operator }: StageAsk): Promise<Stage> {
  await setScenery(new StandInClient(standInUrl));
  const doors = new Doors(url);
  for (const { id, login, secretRef, weight } of IDENTITIES) {
    const identity = { id, kind: "pat", login, secret_ref: secretRef, weight, scopes: [{ owner: "*" }] };
    await doors.post(`/v1/admin/pools/${DEMO_POOL}/identities`, adminToken, identity);
  }
  const tokens = new Map<string, string>();
  for (const { login, name } of CALLERS) {
    const made = await doors.post("/v1/admin/callers", adminToken, { pool: DEMO_POOL, github_login: login, name });
    const { token } = made as { token?: unknown };
    if (typeof token === "string") tokens.set(login, token);
  }
  await doors.post("/v1/admin/operators", adminToken, { pool: DEMO_POOL, github_login: operator, role: "admin" });
  return { tokens };
}

async function setScenery(github: StandInClient): Promise<void> {
  for (const { login, name } of CALLERS) {
    await github.addUser({ login, name });
    await github.setOrgMember(DEMO_ORG, login, true);
  }
  for (const { login, fate } of IDENTITIES) {
    if (fate !== "revoked") await github.addToken({ token: tokenOf(login), login });
    if (fate === "throttled") {
      const match = { credential: login };
      await github.addFault({ kind: "secondary", status: 403, retry_after: RETRY_AFTER_SECONDS, match });
    }
  }
  for (const name of REPOSITORIES) await github.addRepository({ full_name: name });
}
