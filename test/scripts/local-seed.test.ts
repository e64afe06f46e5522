import { describe, expect, it } from "vitest";
import { seedLocal } from "../../scripts/local-seed.ts";
import { standInWorld } from "../../scripts/local-world.ts";

const ADMIN = "admin-token";
const URL_OF_SERVER = "http://127.0.0.1:8787";
const world = standInWorld("http://127.0.0.1:9");

interface Refusal {
  readonly door: string;
  readonly status: number;
  readonly body: string;
}

/** A server as far as seeding sees it: what it holds, and how often a login was asked for. */
class FakeServer {
  readonly identities = new Map<string, unknown>();
  readonly operators = new Set<string>();
  readonly tokens = new Set<string>();
  logins = 0;
  refusal: Refusal | undefined;

  readonly fetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const { pathname } = new URL(request.url);
    if (this.refusal?.door === pathname) return new Response(this.refusal.body, { status: this.refusal.status });
    const bearer = request.headers.get("authorization")?.replace("Bearer ", "") ?? "";
    if (pathname === "/v1/pools/maintainers/health")
      return Response.json({}, { status: this.tokens.has(bearer) ? 200 : 401 });
    const body = (await request.json()) as Readonly<Record<string, string>>;
    if (pathname === "/v1/login/github-cli") return this.#logIn(body);
    if (bearer !== ADMIN) return Response.json({}, { status: 401 });
    if (pathname === "/v1/admin/operators") this.operators.add(`${body.pool} ${body.github_login} ${body.role}`);
    else this.identities.set(`${pathname} ${body.id}`, body);
    return Response.json({}, { status: 201 });
  };

  #logIn(body: Readonly<Record<string, string>>): Response {
    this.logins += 1;
    const token = `op_${this.logins}`;
    this.tokens.add(token);
    const githubLogin = body.github_token === world.githubToken ? "octocat" : "nobody";
    return Response.json({ token, caller: { github_login: githubLogin } }, { status: 201 });
  }
}

const seed = (server: FakeServer, earlier?: { callerToken: string; githubLogin: string }) =>
  seedLocal({ url: URL_OF_SERVER, adminToken: ADMIN, world, earlier, fetch: server.fetch });

describe("seedLocal", () => {
  it("makes a caller, an identity for each secret and an operator", async () => {
    const server = new FakeServer();
    expect(await seed(server)).toEqual({ callerToken: "op_1", githubLogin: "octocat" });
    expect([...server.identities.values()]).toMatchObject([
      { id: "pat_alice", secret_ref: "PAT_ALICE", scopes: [{ owner: "*" }] },
      { id: "pat_bob", secret_ref: "PAT_BOB", scopes: [{ owner: "*" }] },
    ]);
    expect([...server.operators]).toEqual(["maintainers octocat admin"]);
  });

  it("repeated, keeps the caller's token and changes nothing", async () => {
    const server = new FakeServer();
    const first = await seed(server);
    const before = structuredClone([...server.identities]);
    expect(await seed(server, first)).toEqual(first);
    expect(server.logins).toBe(1);
    expect([...server.identities]).toEqual(before);
    expect(server.operators.size).toBe(1);
  });

  it("logs in again where the earlier token no longer opens the pool", async () => {
    const server = new FakeServer();
    const seeded = await seed(server, { callerToken: "op_revoked", githubLogin: "octocat" });
    expect(seeded.callerToken).toBe("op_1");
  });

  it.each([
    {
      body: '{"error":{"code":"org_member_denied","message":"Not a member.","request_id":"r1"}}',
      says: "org_member_denied: Not a member. (request r1)",
    },
    { body: "upstream connect error", says: "upstream connect error" },
  ])("says which door refused and why: $says", async ({ body, says }) => {
    const server = new FakeServer();
    server.refusal = { door: "/v1/admin/operators", status: 503, body };
    await expect(seed(server)).rejects.toThrow(`POST /v1/admin/operators answered 503: ${says}`);
  });
});
