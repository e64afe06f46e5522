import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refusal, startFakeRelay, type FakeRelay } from "../support/fake-relay.ts";
import { aDesk, type Desk } from "../support/run-cli.ts";

let desk: Desk;
let relay: FakeRelay;
beforeEach(async () => {
  desk = aDesk();
  relay = await startFakeRelay();
  await desk.saveLogin(relay.url);
  relay.on("GET /v1/pools/maintainers/standing", { body: { pool: "maintainers", identities: [], recent: [] } });
  relay.on("GET /v1/pools/maintainers/stats?since=15m", { body: { pool_usage: { requests: 7 } } });
});
afterEach(async () => {
  await relay.close();
  desk.clear();
});

describe("octopool watch", () => {
  it("prints the picture once in a pipe, without a control character", async () => {
    const { code, stdout } = await desk.run(["watch"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Pool maintainers, last 15 minutes · 7 requests");
    expect(stdout).not.toContain("\u001B");
  });

  it("prints both reports as one line of JSON", async () => {
    const { stdout } = await desk.run(["watch", "--once", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      standing: { pool: "maintainers" },
      stats: { pool_usage: { requests: 7 } },
    });
  });

  it("draws in place on a terminal until the server refuses", async () => {
    relay.on("GET /v1/pools/maintainers/standing", [
      { body: { pool: "maintainers", identities: [], recent: [] } },
      { body: { pool: "maintainers", identities: [{ id: "pat_alice" }], recent: [] } },
      refusal(401, "invalid_auth", { message: "The caller token is unknown." }),
    ]);
    const { code, stdout, stderr } = await desk.run(["watch"], { terminal: true });
    expect(stdout.split("\u001B[H\u001B[J")).toHaveLength(3);
    expect(stdout).toContain("pat_alice");
    expect(code).toBe(4);
    expect(stderr).toContain("octopool: ");
  });

  it("goes on while the server fails in between, and says so", async () => {
    relay.on("GET /v1/pools/maintainers/standing", [
      { body: { pool: "maintainers", identities: [], recent: [] } },
      refusal(500, "internal_error", { message: "Something unexpected went wrong." }),
      { body: { pool: "maintainers", identities: [{ id: "pat_alice" }], recent: [] } },
      refusal(401, "invalid_auth"),
    ]);
    const { stdout, stderr } = await desk.run(["watch"], { terminal: true });
    expect(stdout).toContain("pat_alice");
    expect(stderr).toContain("octopool: Something unexpected went wrong.");
  });

  it("refuses an interval of nothing", async () => {
    expect((await desk.run(["watch", "--interval", "0"])).code).toBe(2);
  });
});
