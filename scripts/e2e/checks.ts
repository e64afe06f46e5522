/** What a deployment must answer to a stranger, and to a caller where there is a token. Each check says what it saw. */
import type { Ask, AskInit, Reply } from "./ask.ts";

export interface SmokeTarget {
  /** The app host's origin. */
  readonly origin: string;
  /** The second host's origin, where there is one. */
  readonly installOrigin?: string | undefined;
  /** A caller token, for one relayed read. */
  readonly token?: string | undefined;
  readonly pool?: string | undefined;
  /** A public repository, `owner/name`. */
  readonly repository?: string | undefined;
}

export interface Check {
  readonly name: string;
  /** @throws Mismatch with what was expected and what was seen. */
  readonly run: (ask: Ask) => Promise<void>;
}

export class Mismatch extends Error {
  override readonly name = "Mismatch";
}

export function checksOf(target: SmokeTarget): readonly Check[] {
  const { origin, installOrigin, token } = target;
  return [
    ...pageChecks(origin),
    { name: "discovery names this host", run: (ask) => discovery(ask, origin) },
    { name: "the status door says ok", run: (ask) => expectStatus(ask, `${origin}/v1/status`, 200) },
    { name: "the API describes itself", run: (ask) => describes(ask, origin) },
    {
      name: "the dashboard sends strangers to sign in",
      run: (ask) => redirects(ask, `${origin}/dashboard`, "/login/github?next=%2Fdashboard"),
    },
    ...(isPlainLocal(origin) ? [] : secureChecks(origin)),
    ...refusalChecks(origin),
    ...(installOrigin === undefined ? [] : installChecks(origin, installOrigin)),
    ...(token === undefined
      ? []
      : [
          {
            name: "one read is relayed, and the same again from the cache",
            run: (ask: Ask) => relayedRead(ask, target, token),
          },
        ]),
  ];
}

function pageChecks(origin: string): readonly Check[] {
  return [
    {
      name: "the landing page, for people",
      async run(ask) {
        const reply = await ask(`${origin}/`, { headers: { accept: "text/html" } });
        expectThat(reply.status === 200, "200", reply);
        expectThat(reply.text.includes("<title>octopool</title>"), "the title octopool", reply);
        expectHeader(reply, "cache-control", /^public, max-age=300$/);
        expectHeader(reply, "content-security-policy", /default-src 'none'.*frame-ancestors 'none'/);
        expectHeader(reply, "x-octopool-request-id", /./);
      },
    },
    {
      name: "health, by content negotiation",
      async run(ask) {
        const reply = await ask(`${origin}/`, { headers: { accept: "application/json" } });
        const body = jsonOf(reply);
        expectThat(
          reply.status === 200 && body["ok"] === true && body["service"] === "octopool",
          "ok of octopool",
          reply,
        );
        expectHeader(reply, "cache-control", /^no-store$/);
      },
    },
  ];
}

function secureChecks(origin: string): readonly Check[] {
  const plain = origin.replace(/^https:/, "http:");
  return [
    {
      name: "plain http goes to https",
      run: (ask) => redirects(ask, `${plain}/v1/status?a=b`, `${origin}/v1/status?a=b`, 308),
    },
    {
      name: "https answers carry HSTS and nosniff",
      async run(ask) {
        for (const path of ["/", "/nowhere", "/.well-known/octopool"]) {
          const reply = await ask(origin + path);
          expectHeader(reply, "strict-transport-security", /^max-age=\d{8}/);
          expectHeader(reply, "x-content-type-options", /^nosniff$/);
        }
      },
    },
  ];
}

const JSON_BODY = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" } as const;
const A_READ = { ...JSON_BODY, body: JSON.stringify({ pool: "maintainers", method: "GET", path: "/repos/cli/cli" }) };
const withToken = (token: string, init: AskInit = {}): AskInit => ({
  ...init,
  headers: { ...init.headers, authorization: `Bearer ${token}` },
});

function refusalChecks(origin: string): readonly Check[] {
  const rows: readonly (readonly [name: string, path: string, init: AskInit, status: number, code: string])[] = [
    ["a read without a token", "/v1/github/request", A_READ, 401, "missing_auth"],
    ["health of a pool without a token", "/v1/pools/maintainers/health", {}, 401, "missing_auth"],
    [
      "health of a pool with a wrong token",
      "/v1/pools/maintainers/health",
      withToken("op_no_such_token"),
      401,
      "invalid_auth",
    ],
    ["an admin door without a token", "/v1/admin/pools/maintainers", {}, 401, "missing_auth"],
    ["an admin door with a wrong token", "/v1/admin/pools/maintainers", withToken("wrong"), 401, "invalid_admin_auth"],
    ["metrics without a token", "/metrics", {}, 401, "missing_auth"],
    ["a path that is not there", "/nowhere", {}, 404, "not_found"],
    ["a method that is not taken", "/v1/github/request", {}, 405, "method_not_allowed"],
    ["a login that is no JSON", "/v1/login/github-cli", { method: "POST", body: "x" }, 415, "unsupported_media_type"],
  ];
  return rows.map(([name, path, init, status, code]) => ({
    name: `${name}: ${status} ${code}`,
    async run(ask) {
      const reply = await ask(origin + path, init);
      const { error } = jsonOf(reply) as { error?: { code?: unknown; request_id?: unknown } };
      expectThat(reply.status === status && error?.code === code, `${status} ${code}`, reply);
      expectThat(typeof error?.request_id === "string", "a request id", reply);
    },
  }));
}

function installChecks(origin: string, install: string): readonly Check[] {
  return [
    {
      name: "the install host shows how to install, and no sign-in",
      async run(ask) {
        const reply = await ask(`${install}/`, { headers: { accept: "text/html" } });
        expectThat(reply.status === 200 && reply.text.includes("<title>octopool</title>"), "the page", reply);
        expectThat(!reply.text.includes("/login/github"), "no link to sign in", reply);
      },
    },
    { name: "the install host's discovery names both hosts", run: (ask) => discovery(ask, install, origin) },
    {
      name: "its dashboard is the app host's",
      run: (ask) => redirects(ask, `${install}/dashboard`, `${origin}/dashboard`),
    },
    {
      name: "its sign-in is the app host's",
      run: (ask) => redirects(ask, `${install}/login/github`, `${origin}/login/github`),
    },
    { name: "the dashboard's API is not there", run: (ask) => expectStatus(ask, `${install}/trpc/pools.list`, 404) },
    {
      name: "a forged forwarded host is not believed",
      async run(ask) {
        const headers = { "x-octopool-forwarded-host": new URL(install).host, "x-octopool-proxy-secret": "guess" };
        const reply = await ask(`${origin}/.well-known/octopool`, { headers });
        expectThat(jsonOf(reply)["api_base"] === origin, `api_base ${origin}`, reply);
      },
    },
  ];
}

async function discovery(ask: Ask, origin: string, app = origin): Promise<void> {
  const reply = await ask(`${origin}/.well-known/octopool`);
  const body = jsonOf(reply);
  expectThat(body["service"] === "octopool" && body["version"] === 1, "version 1 of octopool", reply);
  // Published clients refuse another host than the one they asked.
  expectThat(body["api_base"] === origin, `api_base ${origin}`, reply);
  expectThat(body["app_base"] === app, `app_base ${app}`, reply);
}

async function describes(ask: Ask, origin: string): Promise<void> {
  const reply = await ask(`${origin}/openapi.json`);
  expectThat(reply.status === 200 && String(jsonOf(reply)["openapi"]).startsWith("3.1"), "OpenAPI 3.1", reply);
}

async function redirects(ask: Ask, url: string, to: string, status = 302): Promise<void> {
  const reply = await ask(url);
  expectThat(reply.status === status && reply.headers.get("location") === to, `${status} to ${to}`, reply);
}

async function expectStatus(ask: Ask, url: string, status: number): Promise<void> {
  const reply = await ask(url);
  expectThat(reply.status === status, String(status), reply);
}

async function relayedRead(
  ask: Ask,
  { origin, pool = "maintainers", repository = "cli/cli" }: SmokeTarget,
  token: string,
): Promise<void> {
  const body = JSON.stringify({ pool, method: "GET", path: `/repos/${repository}` });
  const read = async () => {
    const reply = await ask(`${origin}/v1/github/request`, withToken(token, { ...JSON_BODY, body }));
    const said = jsonOf(reply) as { status?: unknown; body?: { full_name?: unknown }; relay?: { cache?: unknown } };
    const name = String(said.body?.full_name).toLowerCase();
    expectThat(
      reply.status === 200 && said.status === 200 && name === repository.toLowerCase(),
      `${repository} in an envelope`,
      reply,
    );
    return { cache: said.relay?.cache, reply };
  };
  await read();
  const { cache, reply } = await read();
  expectThat(cache === "hit", "a hit", reply);
}

const isPlainLocal = (origin: string) => origin.startsWith("http:");

function expectThat(holds: boolean, what: string, { status, headers, text }: Reply): void {
  if (holds) return;
  const location = headers.get("location");
  const seen = `${status}${location === null ? "" : ` to ${location}`}: ${text.replaceAll(/\s+/g, " ").slice(0, 200)}`;
  throw new Mismatch(`expected ${what}, saw ${seen}`);
}

function expectHeader(reply: Reply, name: string, pattern: RegExp): void {
  const value = reply.headers.get(name);
  if (value === null || !pattern.test(value))
    throw new Mismatch(`expected ${name} like ${pattern}, saw ${value ?? "none"}`);
}

function jsonOf(reply: Reply): Record<string, unknown> {
  try {
    return JSON.parse(reply.text) as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Mismatch(`expected JSON, saw ${reply.status}: ${reply.text.slice(0, 100)}`, { cause: error });
  }
}
