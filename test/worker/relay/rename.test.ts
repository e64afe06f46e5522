/** Repositories under former names and under their numbers: followed on GitHub's API only, and proven at their end. */
import { beforeEach, describe, expect, it } from "vitest";
import { TestRelay } from "../support/relay.ts";

const WIDGET = 1_300_192;
const SECRET = 1_300_193;
const RENAMED = 1_300_194;

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
  await relay.seed();
});

const reasonOf = async (path: string, query?: Record<string, string>) => {
  const { http, envelope } = await relay.ask(path, query === undefined ? {} : { query });
  return `${http} ${envelope.error?.details?.["reason"] ?? envelope.status}`;
};

describe("a renamed repository", () => {
  it.each(["ample", "gone"])("is followed once, with the anonymous quota %s", async (quota) => {
    if (quota === "gone") await relay.spendAnonymousQuota();
    const { http, envelope } = await relay.ask("/repos/acme/old/pulls/7");
    expect([http, envelope.status]).toEqual([200, 200]);
    expect(envelope.headers).not.toHaveProperty("location");
    const followed = (await relay.github.log()).filter(({ path }) => path === `/repositories/${RENAMED}/pulls/7`);
    expect(followed.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await relay.ask("/repos/acme/old/pulls/7")).envelope.relay["cache"]).toBe("hit");
  });

  it("is served only where its new place is public", async () => {
    await relay.github.setVisibility("acme/new", "private");
    expect(await reasonOf("/repos/acme/old/pulls/7")).toBe("424 repo_not_public");
  });

  it("is asked of the policy by the owner it has now", async () => {
    await relay.setPolicy({ allow_public_repos: false, allowed_owners: ["acme"] });
    await relay.github.rename("acme/old", "elsewhere/new");
    expect(await reasonOf("/repos/acme/old/pulls/7")).toBe("424 owner_denied");
  });
});

describe("a redirect", () => {
  const path = "/repos/acme/widget/issues/5";
  const to = (location: string | undefined, status = 301) =>
    relay.github.script([
      { path, status, body: { message: "Moved" }, ...(location === undefined ? {} : { headers: { location } }) },
    ]);

  it.each([
    { name: "another host", location: "https://evil.example/repos/acme/widget/issues/5" },
    { name: "another host without a scheme", location: "//evil.example/repositories/1300192/issues/5" },
    { name: "another scheme", location: "http://api.github.com/repositories/1300192/issues/5" },
    { name: "a host that looks like a store's", location: "https://blob.core.windows.net.evil.example/x" },
    { name: "plain http to a store", location: "http://x.blob.core.windows.net/y" },
    { name: "nowhere readable", location: "https://[" },
    { name: "nowhere", location: undefined },
  ])("to $name is github_redirect_denied", async ({ location }) => {
    await to(location);
    for (const quota of ["ample", "gone"]) {
      if (quota === "gone") await relay.spendAnonymousQuota();
      expect(await reasonOf(path)).toBe("424 github_redirect_denied");
    }
  });

  it.each([301, 302, 303, 307, 308, 300])("of status %i is never passed on", async (status) => {
    await to("https://evil.example/", status);
    expect(await reasonOf(path)).toBe("424 github_redirect_denied");
  });

  it.each([301, 302, 307, 308])(
    "of status %i on the API is followed to the repository that is proven",
    async (status) => {
      await relay.spendAnonymousQuota();
      await to(`\${github_api}/repositories/${WIDGET}/issues/6`, status);
      const { envelope } = await relay.ask(path);
      expect(envelope).toMatchObject({ status: 200, body: { number: 6 } });
      expect(envelope.headers).not.toHaveProperty("location");
    },
  );

  it("twice in a row is followed as well", async () => {
    await relay.spendAnonymousQuota();
    await to(`\${github_api}/repositories/${WIDGET}/issues/6`);
    const again = `/repositories/${WIDGET}/issues/6`;
    const location = `\${github_api}/repositories/${WIDGET}/issues/7`;
    await relay.github.script([{ path: again, status: 307, body: {}, headers: { location } }]);
    expect((await relay.ask(path)).envelope).toMatchObject({ status: 200, body: { number: 7 } });
  });

  it("that leads in a circle is given up after two hops", async () => {
    await to("${github_api}/repos/acme/widget/issues/5");
    expect(await reasonOf(path)).toBe("424 github_redirect_denied");
    expect(await relay.github.log({ path })).toHaveLength(3);
  });

  it("into a private repository shows nothing of it, however the first was proven public", async () => {
    await relay.ask("/repos/acme/widget/issues/1"); // proven public by an anonymous 200, which tells no number
    await relay.spendAnonymousQuota();
    await to(`\${github_api}/repositories/${SECRET}/issues/5`);
    const { http, envelope } = await relay.ask(path);
    expect([http, envelope.body]).toEqual([424, undefined]);
    relay.newIsolate();
    expect((await relay.ask(path)).http).toBe(424);
  });

  it("into a private repository shows nothing of it to whoever waits beside", async () => {
    await relay.spendAnonymousQuota();
    await to(`\${github_api}/repositories/${SECRET}/issues/5`);
    await relay.github.gate("moved", { path });
    const asked = [relay.ask(path), relay.ask(path), relay.ask(path)];
    await relay.github.waitFor(1, { path });
    await relay.github.release("moved");
    for (const { http, envelope } of await Promise.all(asked)) expect([http, envelope.body]).toEqual([424, undefined]);
  });
});

describe("a repository by its number", () => {
  it("is the same question as by its name, page by page, and shares its entry", async () => {
    const query = { per_page: "2", page: "2" };
    const byId = await relay.ask(`/repositories/${WIDGET}/issues`, { query });
    const byName = await relay.ask("/repos/Acme/Widget/issues", { query });
    expect(byId.envelope).toMatchObject({ status: 200, relay: { cache: "miss", route_kind: "issue_list" } });
    expect(byName.envelope).toMatchObject({ relay: { cache: "hit" } });
    expect(byName.envelope.body).toEqual(byId.envelope.body);
    const pages = (await relay.reads()).filter(({ path }) => path.endsWith("/issues"));
    expect(pages).toHaveLength(1);
  });

  it("follows GitHub's own Link", async () => {
    const { envelope } = await relay.ask("/repos/acme/widget/issues", { query: { per_page: "2" } });
    const next = new URL(/<([^>]+)>; rel="next"/.exec(envelope.headers["link"] ?? "")?.[1] ?? "");
    expect(next.pathname).toBe(`/repositories/${WIDGET}/issues`);
    const second = await relay.ask(next.pathname, { query: Object.fromEntries(next.searchParams) });
    expect(second.envelope.status).toBe(200);
    expect(second.envelope.body).not.toEqual(envelope.body);
  });

  it.each([
    { name: "a private one", id: SECRET, reason: "424 repo_not_public" },
    { name: "none", id: 999_999_999_999, reason: "424 repo_not_public" },
  ])("of $name is $reason", async ({ id, reason }) => {
    expect(await reasonOf(`/repositories/${id}/issues`)).toBe(reason);
    await relay.spendAnonymousQuota();
    expect(await reasonOf(`/repositories/${id}/issues/7`)).toBe(reason);
  });

  it("that names nothing public is asked about once, over all isolates, until an event says otherwise", async () => {
    const path = `/repositories/${SECRET}/issues`;
    await relay.ask(path);
    await relay.github.clearLog();
    expect(await reasonOf(path)).toBe("424 repo_not_public");
    relay.newIsolate();
    expect(await reasonOf(`/repositories/${SECRET}/pulls`)).toBe("424 repo_not_public");
    expect(await relay.github.log()).toEqual([]);
    await relay.github.setVisibility("acme/secret", "public");
    relay.later(3_600_001); // the negative proof's end
    expect(await reasonOf(path)).toBe("200 200");
  });

  it("that turned private is refused once its proof has ended, by number and by name", async () => {
    await relay.ask(`/repositories/${WIDGET}/issues`);
    await relay.github.setVisibility("acme/widget", "private");
    relay.later(31_000);
    expect(await reasonOf(`/repositories/${WIDGET}/issues`)).toBe("424 repo_not_public");
    expect(await reasonOf("/repos/acme/widget/issues")).toBe("424 repo_not_public");
  });

  it("is no way around the owners that the policy allows", async () => {
    await relay.setPolicy({ allow_public_repos: false, allowed_owners: ["octocat"] });
    expect(await reasonOf(`/repositories/${WIDGET}/issues`)).toBe("424 owner_denied");
  });
});
