/** The dashboard's page: for operators with a session, on the app host, under a strict policy. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { setCallerDisabled } from "../../../server/store/callers.ts";
import { anAct } from "../store/rows.ts";
import { Browser, makeOperator, OAUTH } from "../support/browser.ts";
import { POOL, TestRelay } from "../support/relay.ts";

const PAGE = "<!doctype html><title>the page</title>";
const ASSETS = {
  fetch: async (url: string) =>
    url === "https://assets.invalid/web/" ? new Response(PAGE) : new Response("", { status: 404 }),
};

let relay: TestRelay;
let browser: Browser;
beforeEach(async () => {
  relay = new TestRelay({ vars: OAUTH, bindings: { ASSETS } });
  await relay.github.reset();
  browser = new Browser(relay);
});

describe("the page", () => {
  it.each(["/dashboard", "/dashboard/", "/dashboard/traffic?pool=maintainers&cache=miss", "/dashboard/no/such/room"])(
    "is served to an operator at %s",
    async (path) => {
      await browser.signInAsOperator("alice");
      const page = await browser.get(path);
      expect(page.status).toBe(200);
      expect(await page.text()).toBe(PAGE);
    },
  );

  it("allows nothing that is not a file of ours, and is stored nowhere", async () => {
    await browser.signInAsOperator("alice");
    const { headers } = await browser.get("/dashboard");
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("sends who has no session to sign in, and back to this very place", async () => {
    const sent = await browser.get("/dashboard/traffic?cache=miss&pool=p");
    expect([sent.status, sent.headers.get("location")]).toEqual([
      302,
      "/login/github?next=%2Fdashboard%2Ftraffic%3Fcache%3Dmiss%26pool%3Dp",
    ]);
    expect((await browser.get("/dashboard")).headers.get("location")).toBe("/login/github?next=%2Fdashboard");
  });

  it("says so to a member who is no operator", async () => {
    await browser.signIn("bob");
    const page = await browser.get("/dashboard");
    expect(page.status).toBe(403);
    expect(await page.text()).toContain("You are not an operator");
  });

  it.each([
    { what: "ended", how: async () => relay.later(14 * 86_400_000 + 1) },
    { what: "of an operator who was demoted", how: () => makeOperator(relay, "alice", "none") },
    {
      what: "of an operator who was disabled",
      how: async () => setCallerDisabled(relay.db, { poolId: POOL, callerId: "gh_101", disabled: true }, anAct()),
    },
    { what: "nobody started", how: async () => browser.cookies.set("octopool_session", "x".repeat(43)) },
    { what: "sent twice", how: async () => browser.cookies.set("a=b; octopool_session", "planted") },
    { what: "of another organization", how: async () => relay.setVars({ ALLOWED_GITHUB_ORG: "other" }) },
  ])("is not served to a session $what", async ({ how }) => {
    await browser.signInAsOperator("alice");
    await how();
    const sent = await browser.get("/dashboard");
    expect([sent.status, sent.headers.get("location")]).toEqual([302, "/login/github?next=%2Fdashboard"]);
    expect((await browser.query("session.me")).refusal?.code).toBe("session_required");
  });

  it("a session of before cannot be fixed onto who signs in", async () => {
    const planted = "p".repeat(43);
    browser.cookies.set("octopool_session", planted);
    await browser.signInAsOperator("alice");
    expect(browser.cookies.get("octopool_session")).not.toBe(planted);
    const thief = new Browser(relay);
    thief.cookies.set("octopool_session", planted);
    expect((await thief.get("/dashboard")).status).toBe(302);
  });
});

describe("on the install host", () => {
  it("the page is on the app host, and its API is nowhere", async () => {
    await browser.signInAsOperator("alice");
    relay.setVars({ APP_ORIGIN: "https://app.example", PUBLIC_HOST: "127.0.0.1" });
    const sent = await browser.get("https://127.0.0.1/dashboard/traffic?cache=miss");
    expect(sent.headers.get("location")).toBe("https://app.example/dashboard/traffic?cache=miss");
    const api = await browser.get("https://127.0.0.1/trpc/session.me");
    expect(api.status).toBe(404);
    expect(await api.json()).toMatchObject({ error: { code: "not_found" } });
  });
});

it("a build without the page is a fault that says nothing of itself", async () => {
  relay.setBindings({ ASSETS: { fetch: async () => new Response("", { status: 404 }) } });
  await browser.signInAsOperator("alice");
  const page = await browser.get("/dashboard");
  expect(page.status).toBe(500);
  expect(await page.json()).toMatchObject({ error: { code: "internal_error" } });
});

it("nothing of the session is stored but its hash", async () => {
  await browser.signInAsOperator("alice");
  const { results } = await env.DB.prepare("SELECT * FROM web_sessions").all();
  expect(JSON.stringify(results)).not.toContain(browser.cookies.get("octopool_session"));
});
