/** Fills a local server through its own HTTP doors: a caller, identities, an operator. Safe to repeat. */
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
  const isKept = earlier !== undefined && (await ask.opensPool(earlier.callerToken));
  const caller = isKept ? earlier : await ask.logIn(world.githubToken);
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

class Doors {
  readonly #url: string;
  readonly #send: typeof fetch;

  constructor(url: string, send: typeof fetch) {
    this.#url = url;
    this.#send = send;
  }

  async opensPool(callerToken: string): Promise<boolean> {
    const headers = { authorization: `Bearer ${callerToken}` };
    const response = await this.#send(`${this.#url}/v1/pools/${LOCAL_POOL}/health`, { headers });
    await response.arrayBuffer();
    return response.ok;
  }

  async logIn(githubToken: string): Promise<Seeded> {
    const door = "/v1/login/github-cli";
    const answer = await this.post(door, undefined, {
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

  async post(door: string, token: string | undefined, body: object): Promise<unknown> {
    const response = await this.#send(`${this.#url}${door}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Problem(`POST ${door} answered ${response.status}: ${refusalIn(text)}`);
    return JSON.parse(text) as unknown;
  }
}

/** `code: sentence (request id)` of an error body; the text itself where it is none. */
function refusalIn(text: string): string {
  if (!text.startsWith("{")) return text.slice(0, 200);
  const { error } = JSON.parse(text) as { error?: { code?: string; message?: string; request_id?: string } };
  return error === undefined ? text.slice(0, 200) : `${error.code}: ${error.message} (request ${error.request_id})`;
}
