/** The dashboard's API as a door: who may ask, and how it refuses. */
import { beforeEach, describe, expect, it } from "vitest";
import { Browser, makeOperator, OAUTH } from "../support/browser.ts";
import { POOL, TestRelay } from "../support/relay.ts";

let relay: TestRelay;
let browser: Browser;
beforeEach(async () => {
  relay = new TestRelay({ vars: OAUTH });
  await relay.github.reset();
  browser = new Browser(relay);
});

describe("session.me", () => {
  it("says who is signed in and which pools he holds", async () => {
    await browser.signInAsOperator("alice");
    await makeOperator(relay, "alice", "admin", "another");
    const { status, data } = await browser.query("session.me");
    expect(status).toBe(200);
    expect(data).toMatchObject({ login: "alice", pools: ["another", POOL] });
  });

  it.each([
    { who: "nobody", code: "session_required", status: 401, as: async () => {} },
    { who: "a member without the role", code: "operator_required", status: 403, as: () => browser.signIn("bob") },
    {
      who: "an operator of before",
      code: "session_required",
      status: 401,
      as: async () => {
        await browser.signInAsOperator("alice");
        await makeOperator(relay, "alice", "none");
      },
    },
  ])("is refused to $who", async ({ as, code, status }) => {
    await as();
    const answer = await browser.query("session.me");
    expect([answer.status, answer.refusal?.code]).toEqual([status, code]);
  });

  it("opens to no caller token and no admin token", async () => {
    await relay.seed();
    for (const token of [relay.callerToken, String(relay.vars["OCTOPOOL_ADMIN_TOKEN"])]) {
      const response = await relay.fetch("/trpc/session.me", { headers: { authorization: `Bearer ${token}` } });
      expect(response.status).toBe(401);
    }
  });
});

describe("a refusal", () => {
  it("carries the code of the catalogue and the request's id, and no stack", async () => {
    const response = await browser.get("/trpc/session.me");
    const text = await response.text();
    expect(text).toContain("session_required");
    expect(text).toContain(response.headers.get("x-octopool-request-id"));
    expect(text).not.toContain("stack");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("names what there is none of, and what takes no POST", async () => {
    await browser.signInAsOperator("alice");
    const none = await browser.query("no.such");
    expect([none.status, none.refusal?.code]).toEqual([404, "not_found"]);
    const posted = await browser.mutate("session.me", undefined);
    expect([posted.status, posted.refusal?.code]).toEqual([405, "method_not_allowed"]);
    const untyped = await browser.post("/trpc/session.me", relay.origin);
    expect(untyped.status).toBe(415);
  });

  it("of a body over 64 KiB comes before anything is read of it", async () => {
    const response = await relay.fetch("/trpc/session.me", {
      method: "POST",
      headers: { "content-type": "application/json", origin: relay.origin },
      body: JSON.stringify("x".repeat(70_000)),
    });
    expect(response.status).toBe(413);
  });

  it("says nothing of what was not expected", async () => {
    await browser.signInAsOperator("alice");
    relay.setBindings({
      DB: {
        prepare: () => {
          throw new Error("the table of secrets");
        },
      },
    });
    const response = await browser.get("/trpc/session.me");
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).toContain("internal_error");
    expect(text).not.toContain("table of secrets");
  });
});
