import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { raw } from "../support/fake-relay.ts";
import { COUNTED_GH, MIGRATING_GH } from "./support/migrating-gh.ts";
import { ended, openWorkbench, RELAY_DOOR, type Workbench } from "./support/workbench.ts";

const PATIENCE_MS = 60_000;
const READ = ["gh", "GET", "/repos/o/r/pulls/1"];
const OLD_HOSTS = "github.com:\n    oauth_token: ghp_own\n    user: carol\n";
const NEW_HOSTS = "github.com:\n    oauth_token: ghp_own\n    users:\n        carol: {}\n    user: carol\n";

let bench: Workbench;
const at = (name: string) => join(bench.home, name);
const text = (name: string) => readFileSync(at(name), "utf8");
const log = () => (existsSync(at("log")) ? text("log").trim().split("\n") : []);

beforeEach(async () => {
  bench = await openWorkbench();
  bench.relay.on(RELAY_DOOR, raw("from the relay"));
  writeFileSync(at("gh/config.yml"), text("gh/config.yml").replace('version: "1"\n', ""));
  writeFileSync(at("gh/hosts.yml"), OLD_HOSTS);
}, PATIENCE_MS);
afterEach(() => bench.close());

const putInPlace = (program: string) =>
  writeFileSync(at("bin/gh"), `#!${process.execPath}\n${program}`, { mode: 0o755 });
const run = (env: Readonly<Record<string, string>> = {}) => bench.run(READ, { MIGRATION_LOG: at("log"), ...env });

describe("a gh that moves its settings to a newer form", { timeout: PATIENCE_MS }, () => {
  it("does so once, in the user's own directory, before it runs with ours", async () => {
    putInPlace(MIGRATING_GH);
    const socketLine = /http_unix_socket: .*/.exec(text("gh/config.yml"))?.[0];
    expect(await run()).toMatchObject({ code: 0, stdout: "200 from the relay\n", stderr: "" });
    expect(await run()).toMatchObject({ code: 0, stdout: "200 from the relay\n", stderr: "" });
    expect(log()).toEqual([at("gh")]);
    expect(text("gh/hosts.yml")).toBe(NEW_HOSTS);
    expect(text("gh/config.yml")).toContain('version: "1"');
    expect(/http_unix_socket: .*/.exec(text("gh/config.yml"))?.[0]).toBe(socketLine);
  });

  it("runs on its own where it fails, touches nothing, and is given another chance the next time", async () => {
    putInPlace(MIGRATING_GH);
    const before = text("gh/config.yml");
    expect(await run({ MIGRATION_FAILS: "1" })).toMatchObject({
      code: 1,
      stdout: "",
      stderr:
        "octopool: gh could not bring its config.yml to its newer form; gh runs on its own\n" +
        "failed to migrate config: boom\n",
    });
    expect([text("gh/hosts.yml"), text("gh/config.yml")]).toEqual([OLD_HOSTS, before]);
    expect(new Set(log())).toEqual(new Set([at("gh")]));
    expect(bench.runs()).toEqual([]);
    expect(await run()).toMatchObject({ code: 0, stdout: "200 from the relay\n" });
    expect(text("gh/hosts.yml")).toBe(NEW_HOSTS);
  });

  it("is waited for by a run that begins meanwhile", async () => {
    putInPlace(MIGRATING_GH);
    const gate = await openGate(at("gate"));
    const env = { MIGRATION_LOG: at("log"), MIGRATION_GATE: at("gate") };
    const first = ended(bench.start(READ, env));
    await gate.reached();
    const second = ended(bench.start(READ, env));
    while (bench.runs().length < 2) await new Promise((resolve) => setImmediate(resolve));
    gate.open();
    const answered = { code: 0, stdout: "200 from the relay\n", stderr: "" };
    expect(await Promise.all([first, second])).toMatchObject([answered, answered]);
    expect(log()).toEqual([at("gh")]);
    expect(text("gh/hosts.yml")).toBe(NEW_HOSTS);
    gate.close();
  });

  it("is asked but once where it leaves the settings as they are, as before 2.40", async () => {
    putInPlace(COUNTED_GH);
    const before = text("gh/config.yml");
    await run();
    expect(await run()).toMatchObject({ code: 0, stdout: "200 from the relay\n" });
    const read = READ.slice(1).join(" ");
    expect(log()).toEqual(["version", read, read]);
    expect([text("gh/hosts.yml"), text("gh/config.yml")]).toEqual([OLD_HOSTS, before]);
  });
});

/** Whoever connects waits until it is opened; from then on nobody does. */
async function openGate(path: string) {
  const waiting: Socket[] = [];
  let isOpen = false;
  let arrived = (): void => undefined;
  const first = new Promise<void>((resolve) => (arrived = resolve));
  const server: Server = createServer((socket) => {
    if (isOpen) socket.end();
    else waiting.push(socket);
    arrived();
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    reached: () => first,
    open() {
      isOpen = true;
      for (const socket of waiting) socket.end();
    },
    close: () => server.close(),
  };
}
