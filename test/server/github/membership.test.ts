import { describe, expect, it } from "vitest";
import { askMembership } from "../../../server/github/membership.ts";
import { askWhoOwns } from "../../../server/github/user.ts";

const config = { githubApiOrigin: "https://api.github.test" };
const ASK = { login: "alice", org: "Acme-Inc", token: "secret-token" };

/** GitHub as a list of answers, one a request; an Error is thrown as fetch would. */
function gitHub(...answers: readonly (Response | Error)[]) {
  const asked: Request[] = [];
  const fetch = (request: Request) => {
    const answer = answers[asked.push(request) - 1] ?? new Error("nothing more was expected");
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { asked, deps: { config, now: () => 0, platform: { fetch } } };
}

const page = (logins: readonly string[], endCursor: string | null = null) =>
  Response.json({
    data: {
      user: {
        databaseId: 101,
        organizations: {
          nodes: logins.map((login) => ({ login })),
          pageInfo: { hasNextPage: endCursor !== null, endCursor },
        },
      },
    },
  });

describe("a membership question", () => {
  it("is asked of GraphQL with the token given and pages by cursor", async () => {
    const { asked, deps } = gitHub(page(["one"], "c1"), page(["acme-inc"]));
    expect(await askMembership(ASK, deps)).toEqual({ kind: "member" });
    expect(asked.map(({ url, method }) => `${method} ${url}`)).toEqual(
      Array.from({ length: 2 }, () => "POST https://api.github.test/graphql"),
    );
    expect(asked[0]?.headers.get("authorization")).toBe("Bearer secret-token");
    expect(asked[0]?.headers.get("user-agent")).toBe("octopool");
    expect(await asked[1]?.json()).toMatchObject({ variables: { login: "alice", after: "c1" } });
  });

  it("stops after twenty pages, which prove nothing", async () => {
    const { asked, deps } = gitHub(...Array.from({ length: 30 }, () => page(["other"], "next")));
    expect(await askMembership(ASK, deps)).toEqual({ kind: "failed" });
    expect(asked).toHaveLength(20);
  });

  it.each([
    { name: "a broken connection", answer: new TypeError("network"), kind: "unavailable" },
    {
      name: "a broken connection on the second page",
      before: page(["x"], "c"),
      answer: new TypeError("network"),
      kind: "unavailable",
    },
    { name: "a 401", answer: new Response("{}", { status: 401 }), kind: "failed" },
    { name: "a 502", answer: new Response("oops", { status: 502 }), kind: "failed" },
    { name: "a page that is no JSON", answer: new Response("<html>"), kind: "failed" },
    { name: "more bytes than any answer has", answer: new Response("x".repeat(300_000)), kind: "failed" },
    { name: "an answer of another kind", answer: Response.json([1]), kind: "failed" },
    { name: "a complete list without it", answer: page(["other"]), kind: "not_member" },
    { name: "no organization at all", answer: page([]), kind: "not_member" },
  ])("answered by $name is $kind", async ({ before, answer, kind }) => {
    const { deps } = gitHub(...(before === undefined ? [] : [before]), answer);
    expect(await askMembership(ASK, deps)).toEqual({ kind });
  });

  it("about a login that has passed to another user proves nothing", async () => {
    expect(await askMembership({ ...ASK, githubUserId: 7 }, gitHub(page(["acme-inc"])).deps)).toEqual({
      kind: "failed",
    });
    expect(await askMembership({ ...ASK, githubUserId: 101 }, gitHub(page(["acme-inc"])).deps)).toEqual({
      kind: "member",
    });
  });
});

describe("asking who owns a token", () => {
  const answer = (status: number, headers: Record<string, string> = {}, body = "{}") =>
    new Response(body, { status, headers });
  it.each([
    { name: "a user", reply: Response.json({ id: 101, login: "alice" }), kind: "user" },
    { name: "a user without number", reply: Response.json({ login: "alice" }), kind: "failed" },
    { name: "no JSON", reply: new Response("<html>"), kind: "failed" },
    { name: "a 500", reply: answer(500), kind: "failed" },
    { name: "a 404", reply: answer(404), kind: "not_found" },
    { name: "a broken connection", reply: new TypeError("network"), kind: "unavailable" },
  ])("answered by $name is $kind", async ({ reply, kind }) => {
    expect(await askWhoOwns("t", gitHub(reply).deps)).toMatchObject({ kind });
  });

  it.each([
    { name: "spent quota", reply: answer(403, { "x-ratelimit-remaining": "0" }), rateLimited: true },
    {
      name: "a secondary limit",
      reply: answer(403, { "x-ratelimit-remaining": "9", "retry-after": "60" }),
      rateLimited: true,
    },
    { name: "a 429", reply: answer(429), rateLimited: true },
    { name: "a bad token", reply: answer(401, { "x-ratelimit-remaining": "4999" }), rateLimited: false },
    { name: "single sign-on missing", reply: answer(403, { "x-ratelimit-remaining": "10" }), rateLimited: false },
  ])("refused for $name is limited: $rateLimited", async ({ reply, rateLimited }) => {
    expect(await askWhoOwns("t", gitHub(reply).deps)).toMatchObject({ kind: "refused", rateLimited });
  });
});
