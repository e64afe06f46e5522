import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fallback, startFakeRelay, type FakeRelay } from "../support/fake-relay.ts";
import { aDesk, type Desk } from "../support/run-cli.ts";

const RELAY = "POST /v1/github/request";
const envelope =
  '{"status":404, "headers":{}, "body":{"n":1.0}, "body_encoding":"json","relay":{"cache":"hit","route_kind":"pr_view"}}';

let desk: Desk;
let relay: FakeRelay;
beforeEach(async () => {
  desk = aDesk();
  relay = await startFakeRelay();
  await desk.saveLogin(relay.url);
});
afterEach(async () => {
  desk.clear();
  await relay.close();
});

describe("octopool request", () => {
  it("prints the envelope as received in a pipe", async () => {
    relay.on(RELAY, { body: envelope });
    expect(await desk.run(["request", "--path", "/x"])).toEqual({ code: 0, stdout: envelope, stderr: "", waits: [] });
    expect(relay.heard[0]?.headers.accept).toBeUndefined();
  });

  it("indents the envelope on a terminal", async () => {
    relay.on(RELAY, { body: envelope });
    const { stdout } = await desk.run(["request", "--path", "/x"], { terminal: true });
    expect(stdout).toContain('{\n  "status": 404,\n');
  });

  it("sends query, headers and hints, with = or : in headers", async () => {
    relay.on(RELAY, { body: envelope });
    const words = [
      "--path",
      "/x",
      "--query",
      "a=1",
      "--header",
      "accept=application/json",
      "--header",
      "X-B: c",
      "--route-hint",
      "pr_state=merged",
    ];
    await desk.run(["request", ...words]);
    expect(relay.heard[0]?.body).toEqual({
      pool: "maintainers",
      method: "GET",
      path: "/x",
      query: { a: "1" },
      headers: { accept: "application/json", "x-b": "c" },
      route_hint: { pr_state: "merged" },
    });
  });

  it("asks once and shows a refusal", async () => {
    relay.on(RELAY, fallback("relay_overloaded"));
    const { code, stderr, waits } = await desk.run(["request", "--path", "/x"]);
    expect({ code, waits }).toEqual({ code: 1, waits: [] });
    expect(stderr).toContain("octopool: Run it with your own gh. (fallback_local, relay_overloaded)\n");
    expect(relay.heard).toHaveLength(1);
  });

  it.each([[[]], [["--path", "/x", "--query", "a"]], [["--path", "/x", "--route-hint", "merged"]], [["/x"]]])(
    "is wrong usage for %j",
    async (words) => {
      expect((await desk.run(["request", ...words])).code).toBe(2);
    },
  );

  it("fails on an answer that is no envelope", async () => {
    relay.on(RELAY, { body: "<html>" });
    expect(await desk.run(["request", "--path", "/x"])).toMatchObject({ code: 1, stdout: "" });
  });
});
