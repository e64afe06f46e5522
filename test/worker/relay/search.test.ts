/** Searches, from the door to GitHub: only where the policy allows them, and only those that can reach nothing hidden. */
import { beforeEach, describe, expect, it } from "vitest";
import { TestRelay } from "../support/relay.ts";

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
  await relay.seed({ policy: { allow_search: true } });
  await relay.github.clearLog();
});

async function search(path: string, q: string | string[] | undefined): Promise<string> {
  const { http, envelope } = await relay.ask(path, q === undefined ? {} : { query: { q } });
  return http === 200
    ? `200 ${envelope.status}`
    : `${http} ${envelope.error?.details?.["reason"] ?? envelope.error?.code}`;
}

const SEARCHES = ["issues", "code", "commits", "repositories", "users", "topics"].map((what) => `/search/${what}`);
const SCOPED = ["/search/issues", "/search/code", "/search/commits"];

describe("a pool that does not allow searches", () => {
  it("refuses every one of them, before GitHub is asked", async () => {
    await relay.setPolicy({ allow_search: false });
    for (const path of SEARCHES) expect(await search(path, "repo:acme/widget bug")).toBe("424 search_denied");
    expect(await relay.github.log()).toEqual([]);
  });
});

describe("a search of one repository", () => {
  const DENIED = [
    undefined,
    "",
    "bug",
    "repo:acme/widget repo:acme/secret",
    "repo:acme/widget org:acme-inc",
    "repo:acme/widget user:alice",
    "repo:acme/widget OR repo:acme/secret",
    "repo:acme/widget NOT bug",
    "repo:acme/widget -label:x",
    "repo:acme/widget is:private",
    "repo:acme/widget is:public",
    "repo:acme/widget author:@me",
    "repo:acme/widget involves:alice",
    "repo:acme/widget linked:pr",
    "repo:acme/widget in:title",
    'repo:"acme/secret"',
    'repo:acme/widget "a b"',
    "repo:acme/widget (a OR b)",
    "repo:acme/widget\u00a0repo:acme/secret",
    "repo:acme/widget\trepo:acme/secret",
    "repo:acme/widget\nrepo:acme/secret",
    "repo:acme/widget,acme/secret",
    "repo:acme/widget/..",
    "repo:acme/..",
    "repo:*/widget",
    "-repo:acme/widget",
    "REPO:acme/widget ＯＲ repo：acme/secret",
    "repo:acme/widget @alice",
    "repo:acme/widget -repo:acme/secret",
    "repo:acme/widget NOT repo:acme/secret",
    "repo:acme/widget%20repo:acme/secret",
    "repo:acme/widget+repo:acme/secret",
    "bug+repo:acme/secret repo:acme/widget",
    "repo:acme/widget&repo:acme/secret",
    "repo:acme/widget|repo:acme/secret",
    "repo:acme/widget\u2028repo:acme/secret",
    "repo:acme/widget\u200brepo:acme/secret",
    "repo:acme/widget\u3000repo:acme/secret",
    "repo:acme/widget\u202erepo:acme/secret",
    "repo:acme/wid\u00adget bug",
    "repo:acme/widget \u201cbug\u201d",
    "repo:acme/widget USER:alice",
    "repo:acme/widget Org:acme-inc",
    "repo:acme/widget enterprise:acme",
    "repo:acme/widget fork:only",
    "repo:acme/widget path:..",
    "repo:acme/widget repo:acme/widget",
    "repo:acme%2Fsecret",
    "repo:acme//widget",
    "repo:@me",
    "org:acme repo:acme/widget",
  ];

  it.each(SCOPED)("at %s takes one repo: and plain words only", async (path) => {
    const said = await Promise.all(DENIED.map((q) => search(path, q)));
    expect(said.map((says, row) => ({ q: DENIED[row], says }))).toEqual(
      DENIED.map((q) => ({ q, says: "424 search_denied" })),
    );
    expect(await relay.github.log()).toEqual([]);
  });

  it("takes one search text at a time", async () => {
    expect(await search("/search/issues", ["repo:acme/widget", "repo:acme/secret"])).toBe("424 route_denied");
    for (const key of ["Q", "q[]", "query", "q ", "ｑ"]) {
      const query = { q: "repo:acme/widget bug", [key]: "repo:acme/secret" };
      const { envelope } = await relay.ask("/search/issues", { query });
      expect([key, envelope.error?.details?.["reason"]]).toEqual([key, "route_denied"]);
    }
    expect(await relay.github.log()).toEqual([]);
  });

  it.each(["repo:acme/widget bug", "repo:Acme/Widget is:open type:pr crash.log", "bug repo:acme/widget state:closed"])(
    "is answered: %s",
    async (q) => {
      expect(await search("/search/issues", q)).toBe("200 200");
      expect(await search("/search/issues", q)).toBe("200 200");
      expect(await relay.reads("/search/issues")).toHaveLength(1);
      const [read] = await relay.github.log({ path: "/search/issues" });
      expect(read?.query["q"]).toEqual([q]);
    },
  );

  it("that is private, or of an owner outside the policy, is refused", async () => {
    expect(await search("/search/issues", "repo:acme/secret bug")).toBe("424 repo_not_public");
    await relay.setPolicy({ allow_search: true, allow_public_repos: false, allowed_owners: ["octocat"] });
    expect(await search("/search/issues", "repo:acme/widget bug")).toBe("424 owner_denied");
  });

  it("is read with a pooled credential only where the public's budget is spent, first with one that sees no more", async () => {
    expect(await search("/search/issues", "repo:acme/widget bug")).toBe("200 200");
    await relay.github.setAnonymousQuota("search", { remaining: 0 });
    expect(await search("/search/issues", "repo:acme/widget fault")).toBe("200 200");
    await relay.addIdentity("pat_bob", { public_only: true });
    expect(await search("/search/issues", "repo:acme/widget crash")).toBe("200 200");
    const askers = (await relay.github.log({ path: "/search/issues" })).map(({ credential }) => credential);
    expect(askers).toEqual(["anonymous", "anonymous", "alice", "bob"]);
  });
});

describe("a search of all that is public", () => {
  it.each(["/search/repositories", "/search/users", "/search/topics"])("at %s takes plain words", async (path) => {
    expect(await search(path, "relay cache")).toBe("200 200");
    for (const q of [
      "repo:acme/widget x",
      "org:acme",
      "user:alice",
      "is:private x",
      "a OR b",
      "topic:x",
      "-x",
      '"x y"',
      "",
    ]) {
      expect([q, await search(path, q)]).toEqual([q, "424 search_denied"]);
    }
  });
});
