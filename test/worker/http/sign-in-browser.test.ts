/** Browser sign-in against the stand-in's OAuth pages, step by step as a browser takes them. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { setCallerDisabled } from "../../../server/store/callers.ts";
import { anAct } from "../store/rows.ts";
import { Browser, OAUTH } from "../support/browser.ts";
import { POOL, TestRelay } from "../support/relay.ts";

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay({ vars: OAUTH });
  await relay.github.reset();
});

const sessions = async () => (await env.DB.prepare("SELECT * FROM web_sessions").all()).results;

describe("signing in", () => {
  it("asks GitHub for nothing but to read the organizations, without sign-up, with a state that only this browser has", async () => {
    const begun = await relay.fetch("/login/github?next=/dashboard/traffic");
    expect(begun.status).toBe(302);
    const target = new URL(begun.headers.get("location") ?? "");
    expect(target.origin + target.pathname).toBe(`${relay.config.githubWebOrigin}/login/oauth/authorize`);
    expect(Object.fromEntries(target.searchParams)).toMatchObject({
      client_id: "client-1",
      scope: "read:org",
      allow_signup: "false",
      redirect_uri: `${relay.origin}/login/github/callback`,
    });
    const cookie = begun.headers.get("set-cookie") ?? "";
    expect(cookie).toContain(`=${target.searchParams.get("state")};`);
    expect(cookie).toMatch(/Path=\/login\/github; Max-Age=600; HttpOnly; Secure; SameSite=Lax$/);
  });

  it("starts a session of 14 days for a member, and leads where he was going", async () => {
    const browser = new Browser(relay);
    const done = await browser.signIn("alice", "/dashboard/traffic?status=424");
    expect(done.status).toBe(302);
    expect(done.headers.get("location")).toBe("/dashboard/traffic?status=424");
    const cookie = done.headers.getSetCookie().find((one) => one.startsWith("octopool_session="));
    expect(cookie).toMatch(/^octopool_session=[\w-]{43}; Path=\/; Max-Age=1209600; HttpOnly; Secure; SameSite=Lax$/);
    expect(browser.cookies.has("octopool_sign_in")).toBe(false);
  });

  it("stores the hash of the session only, and neither GitHub's token nor a grant", async () => {
    const browser = new Browser(relay);
    await browser.signIn("alice");
    const stored = JSON.stringify([
      await sessions(),
      (await env.DB.prepare("SELECT * FROM callers").all()).results,
      (await env.DB.prepare("SELECT * FROM caller_tokens").all()).results,
    ]);
    expect(stored).toContain("gh_101");
    expect(stored).not.toContain(browser.cookies.get("octopool_session"));
    expect(stored).not.toMatch(/gho_/);
    expect((await env.DB.prepare("SELECT * FROM caller_pools").all()).results).toEqual([]);
  });

  it("never keeps the session a browser came with", async () => {
    const browser = new Browser(relay);
    await browser.signIn("bob");
    const planted = browser.cookies.get("octopool_session");
    await browser.signIn("alice");
    expect(browser.cookies.get("octopool_session")).not.toBe(planted);
    expect(await sessions()).toHaveLength(1);
  });

  it("is denied to who is no member", async () => {
    const browser = new Browser(relay);
    const denied = await browser.signIn("mallory");
    expect(denied.status).toBe(403);
    expect(await denied.text()).toContain("You have no access");
    expect(await sessions()).toEqual([]);
  });

  it("is denied to a caller whom an operator disabled", async () => {
    await relay.seed();
    await setCallerDisabled(relay.db, { poolId: POOL, callerId: "gh_101", disabled: true }, anAct());
    expect((await new Browser(relay).signIn("alice")).status).toBe(403);
    expect(await sessions()).toEqual([]);
  });

  it("proves nothing while GitHub does not answer", async () => {
    const browser = new Browser(relay);
    const back = await browser.visitGitHub("alice");
    await relay.github.addFault({ kind: "status", status: 502, match: { path: "/graphql" } });
    expect((await browser.get(back)).status).toBe(502);
    expect(await sessions()).toEqual([]);
  });

  it("is a plain page where it is not set up", async () => {
    relay.setVars({ GITHUB_OAUTH_CLIENT_ID: null });
    const page = await relay.fetch("/login/github");
    expect(page.status).toBe(404);
    expect(await page.text()).toContain("Browser sign-in is not set up");
  });
});

describe("a sign-in is refused", () => {
  const callback = (query: string, browser: Browser) => browser.get(`/login/github/callback?${query}`);

  it("when its state is replayed", async () => {
    const browser = new Browser(relay);
    const back = await browser.visitGitHub("alice");
    const state = browser.cookies.get("octopool_sign_in") ?? "";
    expect((await browser.get(back)).status).toBe(302);
    expect((await browser.get(back)).status).toBe(400); // the cookie is gone
    browser.cookies.set("octopool_sign_in", state);
    expect((await browser.get(back)).status).toBe(400); // and so is GitHub's code
    expect(await sessions()).toHaveLength(1);
  });

  it("when it began in another browser", async () => {
    const back = await new Browser(relay).visitGitHub("alice");
    expect((await new Browser(relay).get(back)).status).toBe(400);
    expect(await sessions()).toEqual([]);
  });

  it("after ten minutes", async () => {
    const browser = new Browser(relay);
    const back = await browser.visitGitHub("alice");
    relay.later(10 * 60_000 + 1);
    const page = await browser.get(back);
    expect(page.status).toBe(400);
    expect(await page.text()).toContain("This sign-in has expired");
  });

  it("when its state was altered, cookie and all", async () => {
    const browser = new Browser(relay);
    await browser.visitGitHub("alice");
    const [, signature = ""] = (browser.cookies.get("octopool_sign_in") ?? "").split(".");
    const forged = { nonce: "n", expiresAt: Date.now() + 600_000, next: "https://evil.example/" };
    const state = `${Buffer.from(JSON.stringify(forged)).toString("base64url")}.${signature}`;
    browser.cookies.set("octopool_sign_in", state);
    expect((await callback(`code=abc&state=${state}`, browser)).status).toBe(400);
  });

  it.each(["", "code=abc", "state=x.y&code=abc", "error=access_denied"])("when the callback is %j", async (query) => {
    const browser = new Browser(relay);
    await browser.visitGitHub("alice");
    expect((await callback(query, browser)).status).toBe(400);
  });

  it("when GitHub's page said no", async () => {
    const browser = new Browser(relay);
    await browser.visitGitHub("alice");
    const state = browser.cookies.get("octopool_sign_in") ?? "";
    const page = await callback(`error=access_denied&state=${encodeURIComponent(state)}`, browser);
    expect(await page.text()).toContain("GitHub did not sign you in");
  });
});

describe("where a sign-in may lead", () => {
  it.each([
    "https://evil.example/dashboard",
    "//evil.example/dashboard",
    "/\\evil.example",
    "/dashboard/../logout",
    "/dashboard/%2e%2e/logout",
    "/v1/admin/callers",
    "javascript:alert(1)",
    "/dashboardx",
    `/dashboard/${"x".repeat(3_000)}`,
  ])("is never %s", async (next) => {
    const done = await new Browser(relay).signIn("alice", next);
    expect(done.headers.get("location")).toBe("/dashboard");
  });
});

describe("signing out", () => {
  it("shows a button, which a link cannot press", async () => {
    const browser = new Browser(relay);
    await browser.signIn("alice");
    const page = await browser.get("/logout");
    expect(await page.text()).toContain('<form method="post" action="/logout">');
    // Under no-referrer a browser would send the form with `Origin: null`, and the door would refuse it.
    expect(page.headers.get("referrer-policy")).toBe("same-origin");
    expect(await sessions()).toHaveLength(1);
  });

  it("ends the session and takes the cookie away", async () => {
    const browser = new Browser(relay);
    await browser.signIn("alice");
    const out = await browser.post("/logout", relay.origin);
    expect(out.status).toBe(302);
    expect(out.headers.get("location")).toBe("/");
    expect(browser.cookies.has("octopool_session")).toBe(false);
    expect(await sessions()).toEqual([]);
  });

  it.each([undefined, "https://evil.example", "null"])("is refused from a page of origin %s", async (origin) => {
    const browser = new Browser(relay);
    await browser.signIn("alice");
    const refused = await browser.post("/logout", origin);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ error: { code: "origin_denied" } });
    expect(await sessions()).toHaveLength(1);
  });
});

describe("on the install host", () => {
  it("a sign-in is sent to the app host", async () => {
    relay.setVars({ APP_ORIGIN: "https://app.example", PUBLIC_HOST: "127.0.0.1" });
    const sent = await relay.fetch("/login/github?next=/dashboard");
    expect(sent.status).toBeGreaterThanOrEqual(302);
    expect(sent.headers.get("location")).toMatch(/^https:\/\/(app\.example|127\.0\.0\.1)\/login\/github\?next=/);
  });
});
