import { describe, expect, it } from "vitest";
import { tokenOf } from "./client.ts";
import { standInForTests } from "./fixture.ts";
import { TEMPLATES } from "./templates.ts";

const asker = standInForTests();
const SHA = "0123456789abcdef0123456789abcdef01234567";
const WORDS: Readonly<Record<string, string>> = {
  owner: "acme",
  repo: "widget",
  login: "alice",
  org: "acme-inc",
  id: "101",
  number: "7",
  attempt: "2",
  sha: SHA,
  gist: "aa5a",
  slug: "mit",
  template: "C",
  ghsa: "GHSA-jfh8-c2jp-5v3q",
  workflow: "ci.yml",
  label: "bug",
  "branch...": "main",
  "basehead...": "main...dev",
  "path...": "docs/a.md",
  "ref...": "heads/main",
  "sha...": "main",
  "tag...": "v1",
};

describe("rest answers", () => {
  it.each(TEMPLATES.map(([template, operation]) => ({ template, operation })))(
    "knows $template",
    async ({ template, operation }) => {
      const path = template.replaceAll(/\{([^}]+)\}/g, (_, name: string) => WORDS[name] ?? "missing");
      const response = await asker().get(path, "alice");
      const expected = operation === "pulls/check-if-merged" ? 404 : operation.includes("download") ? 302 : [200, 204];
      expect([expected].flat()).toContain(response.status);
    },
  );

  it("links pages by repository id until the last one", async () => {
    const { get } = asker();
    const first = await get("/repos/acme/widget/issues?per_page=50");
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
    expect(new URL(next).pathname).toBe("/repositories/1300192/issues");
    const last = await get("/repositories/1300192/issues?per_page=50&page=3");
    expect(await last.json()).toHaveLength(20);
    expect(last.headers.get("link")).not.toContain('rel="next"');
  });

  it.each([
    { path: "/repos/acme/widget/pulls/7", accept: "application/vnd.github.diff", text: "diff --git" },
    { path: "/repos/acme/widget/pulls/7", accept: "application/vnd.github.v3.patch", text: "Subject: [PATCH]" },
    { path: "/repos/acme/widget/contents/docs/a.md", accept: "application/vnd.github.raw+json", text: "# docs/a.md" },
    { path: `/repos/acme/widget/commits/${SHA}`, accept: "application/vnd.github.sha", text: SHA },
  ])("answers $path as $accept", async ({ path, accept, text }) => {
    expect(await (await asker().get(path, "bob", { accept })).text()).toContain(text);
  });

  it("leaves job logs at a signed address that takes no credential", async () => {
    const { get } = asker();
    const redirect = await get("/repos/acme/widget/actions/jobs/9/logs", "bob");
    const location = new URL(redirect.headers.get("location") ?? "");
    expect(redirect.status).toBe(302);
    expect(await (await get(location.pathname + location.search)).text()).toContain("step 1 ok");
    expect((await get(location.pathname + location.search, "bob")).status).toBe(400);
    expect((await get(location.pathname)).status).toBe(403);
  });

  it("serves the same number, head and size for a pull every time, and 404 beyond the highest", async () => {
    const { get } = asker();
    const once = await (await get("/repos/bench/repo-4/pulls/12")).text();
    expect(await (await get("/repos/bench/repo-4/pulls/12")).text()).toBe(once);
    expect(JSON.parse(once)).toMatchObject({
      number: 12,
      state: "open",
      head: { sha: expect.stringMatching(/^[0-9a-f]{40}$/) },
    });
    expect((await get("/repos/bench/repo-4/pulls/999999")).status).toBe(404);
  });
});

describe("graphql", () => {
  it("pages through memberships by cursor and charges the graphql bucket", async () => {
    const { client, url } = asker();
    for (const org of ["org-a", "org-b", "org-c"]) await client.setOrgMember(org, "bob", true);
    const query =
      "query($l:String!,$a:String){user(login:$l){organizations(first:2,after:$a){nodes{login} pageInfo{hasNextPage endCursor}}}}";
    const seen: string[] = [];
    let after: string | null = null;
    let remaining: string | null;
    do {
      const response: Response = await fetch(`${url}/graphql`, {
        method: "POST",
        headers: { "user-agent": "t", authorization: `bearer ${tokenOf("org-reader")}` },
        body: JSON.stringify({ query, variables: { l: "bob", a: after } }),
      });
      remaining = response.headers.get("x-ratelimit-remaining");
      const page = (await response.json()) as {
        data: {
          user: {
            organizations: { nodes: { login: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
          };
        };
      };
      const { nodes, pageInfo } = page.data.user.organizations;
      seen.push(...nodes.map(({ login }) => login));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual(["acme-inc", "org-a", "org-b", "org-c"]);
    expect(remaining).toBe("4998");
  });
});
