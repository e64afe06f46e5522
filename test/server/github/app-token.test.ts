import { createVerify, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { mintInstallationToken } from "../../../server/github/app-token.ts";

const NOW = Date.UTC(2026, 5, 15, 12);
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const KEY = privateKey.export({ type: "pkcs1", format: "pem" }).toString();

async function mint(
  answer: (request: Request) => Response | Promise<Response>,
  changes: { appId?: string | undefined; privateKeyPem?: string; deadlineAt?: number } = {},
) {
  const asked: Request[] = [];
  const fetch = async (request: Request) => {
    asked.push(request);
    return answer(request);
  };
  const turn = await mintInstallationToken(
    { appId: "4242", privateKeyPem: KEY, installationId: 7, deadlineAt: NOW + 5_000, ...changes },
    { config: { githubApiOrigin: "https://api.github.example" }, now: () => NOW, platform: { fetch } },
  );
  return { turn, asked };
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });
const GOOD = { token: "ghs_secret", expires_at: "2026-06-15T13:00:00Z" };

describe("an installation's token", () => {
  it("is asked for with the App's JWT", async () => {
    const { turn, asked } = await mint(() => json(201, GOOD));
    expect(turn).toEqual({ kind: "token", token: "ghs_secret", expiresAt: Date.UTC(2026, 5, 15, 13) });
    const [request] = asked;
    expect([request?.method, request?.url]).toEqual([
      "POST",
      "https://api.github.example/app/installations/7/access_tokens",
    ]);
    const [header, claims, signature = ""] = (request?.headers.get("authorization") ?? "").slice(7).split(".");
    const verifier = createVerify("RSA-SHA256").update(`${header}.${claims}`);
    expect(verifier.verify(publicKey, signature, "base64url")).toBe(true);
    expect(request?.headers.get("user-agent")).toMatch(/octopool/i);
  });

  it.each([
    {
      name: "401: the key or the App's id is wrong",
      answer: json(401, {}),
      reason: "github_identity_unauthorized",
      taught: { kind: "unauthorized" },
    },
    {
      name: "403: the installation is suspended",
      answer: json(403, { message: "This installation has been suspended" }),
      reason: "github_identity_unauthorized",
      taught: { kind: "unauthorized" },
    },
    {
      name: "404: the installation is gone",
      answer: json(404, {}),
      reason: "github_identity_unauthorized",
      taught: { kind: "unauthorized" },
    },
    {
      name: "403 with retry-after: the App asked too often",
      answer: json(403, { message: "You have exceeded a secondary rate limit" }, { "retry-after": "30" }),
      reason: "github_rate_limited",
      taught: { kind: "throttled", retryAfterMs: 30_000 },
    },
    {
      name: "403 with nothing remaining: the App waits for its reset",
      answer: json(
        403,
        { message: "API rate limit exceeded" },
        { "x-ratelimit-remaining": "0", "x-ratelimit-reset": `${NOW / 1000 + 60}`, "x-ratelimit-limit": "5000" },
      ),
      reason: "github_rate_limited",
      taught: { kind: "throttled", retryAfterMs: 60_000 },
    },
    { name: "502: an outage", answer: json(502, {}), reason: "github_unavailable", taught: { kind: "failed" } },
    {
      name: "a redirect",
      answer: json(302, {}, { location: "https://elsewhere.example" }),
      reason: "github_unavailable",
      taught: { kind: "failed" },
    },
    {
      name: "201 without a token",
      answer: json(201, { expires_at: GOOD.expires_at }),
      reason: "github_unavailable",
      taught: { kind: "failed" },
    },
    {
      name: "201 with a token that is no header value",
      answer: json(201, { ...GOOD, token: "a\r\nb: c" }),
      reason: "github_unavailable",
      taught: { kind: "failed" },
    },
    {
      name: "201 with no end",
      answer: json(201, { ...GOOD, expires_at: "soon" }),
      reason: "github_unavailable",
      taught: { kind: "failed" },
    },
    {
      name: "201 that is no JSON",
      answer: new Response("<html>", { status: 201 }),
      reason: "github_unavailable",
      taught: { kind: "failed" },
    },
  ])("is refused with $name", async ({ answer, reason, taught }) => {
    const { turn } = await mint(() => answer);
    expect(turn).toEqual({ kind: "failed", code: "github_app_token_failed", status: answer.status, reason, taught });
    expect(JSON.stringify(turn)).not.toMatch(/PRIVATE KEY|eyJ|ghs_/);
  });

  it("is not there when GitHub does not answer", async () => {
    const { turn } = await mint(() => Promise.reject(new TypeError("refused")));
    expect(turn).toMatchObject({
      kind: "failed",
      status: null,
      reason: "github_unavailable",
      taught: { kind: "failed" },
    });
  });

  it.each([
    { name: "an App id", changes: { appId: undefined }, code: "github_app_id_missing" },
    { name: "a key that can be read", changes: { privateKeyPem: "ghp_no_key" }, code: "github_app_key_format" },
  ])("is not asked for without $name", async ({ changes, code }) => {
    const { turn, asked } = await mint(() => json(201, GOOD), changes);
    expect(turn).toEqual({ kind: "failed", reason: "no_identity", code, status: null, taught: null });
    expect(asked).toEqual([]);
  });

  it("is not asked for past the request's deadline", async () => {
    const { turn, asked } = await mint(() => json(201, GOOD), { deadlineAt: NOW });
    expect(turn).toMatchObject({ kind: "failed", reason: "github_unavailable" });
    expect(asked).toEqual([]);
  });
});
