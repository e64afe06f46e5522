import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { raw, refusal, startFakeRelay, type FakeRelay } from "../support/fake-relay.ts";
import { aDesk, type Desk } from "../support/run-cli.ts";

const HEALTH = "GET /v1/pools/maintainers/health";

let desk: Desk;
let relay: FakeRelay;
beforeEach(async () => {
  desk = aDesk();
  relay = await startFakeRelay();
  relay.on(HEALTH, { body: { pool: "maintainers", identities_total: 2, identities_healthy: 1, policy_version: 3 } });
  await desk.saveLogin(relay.url);
});
afterEach(async () => {
  desk.clear();
  await relay.close();
});

describe("octopool whoami", () => {
  const place = () => join(desk.home, ".config", "octopool", "logins.json");

  it("prints rows in a pipe", async () => {
    expect((await desk.run(["whoami"])).stdout).toBe(
      `server\t${relay.url}\ngithub_login\talice\npool\tmaintainers\nclient_name\tdesk\ntoken_from\t${place()}\n`,
    );
  });

  it("prints a table on a terminal", async () => {
    const { stdout } = await desk.run(["whoami"], { terminal: true, env: { NO_COLOR: "1" } });
    expect(stdout).toContain(`WHAT          VALUE\nserver        ${relay.url}\ngithub_login  alice\n`);
  });

  it.each([{ terminal: true }, { terminal: false }])(
    "prints JSON without the token, terminal: $terminal",
    async ({ terminal }) => {
      const { stdout } = await desk.run(["whoami", "--json"], { terminal });
      expect(JSON.parse(stdout)).toEqual({
        server: relay.url,
        github_login: "alice",
        pool: "maintainers",
        client_name: "desk",
        token_from: place(),
      });
    },
  );

  it("asks the relay whose token the environment holds", async () => {
    relay.on("POST /v1/github/request", raw('{"login":"ci-bot"}'));
    const { stdout } = await desk.run(["whoami", "--json"], { env: { OCTOPOOL_TOKEN: "op_env" } });
    expect(JSON.parse(stdout)).toMatchObject({
      github_login: "ci-bot",
      client_name: null,
      token_from: "OCTOPOOL_TOKEN",
    });
    expect(relay.heard.map(({ headers }) => headers.authorization)).toEqual(["Bearer op_env", "Bearer op_env"]);
  });

  it("ends with 4 where the server no longer takes the token", async () => {
    relay.on(HEALTH, refusal(401, "invalid_auth"));
    const { code, stderr } = await desk.run(["whoami"]);
    expect(code).toBe(4);
    expect(stderr).toContain(`octopool: next: octopool login ${relay.url}\n`);
  });
});

describe("octopool logout", () => {
  it("forgets the default login, and then there is none", async () => {
    const { code, stdout } = await desk.run(["logout"]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `Logged out of ${relay.url}. The token is gone from ${place()}.\n`,
    });
    expect((await desk.run(["whoami"])).code).toBe(4);
    expect(await desk.run(["logout"])).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "octopool: You are not logged in anywhere.\n",
    });
  });

  it("forgets the server it is told and keeps the others", async () => {
    await desk.saveLogin("https://two.example");
    expect((await desk.run(["logout", "two.example"], { terminal: true })).code).toBe(0);
    expect((await desk.run(["whoami"])).code).toBe(0);
  });

  it("says where there is no login to forget", async () => {
    const { code, stderr } = await desk.run(["logout", "https://three.example"]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "octopool: There is no saved login for https://three.example.\n",
    });
  });

  const place = () => join(desk.home, ".config", "octopool", "logins.json");
});
