import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configDirectory, createLoginStore } from "../../cli/logins.ts";
import { aDesk, type Desk } from "./support/run-cli.ts";

let desk: Desk;
beforeEach(() => void (desk = aDesk()));
afterEach(() => desk.clear());

const store = (env: Record<string, string> = {}) =>
  createLoginStore({ env, platform: "linux", homeDirectory: desk.home });
const aLogin = (url: string, token = "op_a") => ({
  url,
  askedUrl: url,
  token,
  pool: "maintainers",
  githubLogin: "alice",
  clientName: "desk",
});
const modeOf = (path: string) => statSync(path).mode & 0o777;

describe("configDirectory", () => {
  it.each([
    {
      name: "the directory the user names",
      platform: "linux",
      env: { OCTOPOOL_CONFIG_DIR: "/c", XDG_CONFIG_HOME: "/x" },
      is: "/c",
    },
    { name: "the XDG directory", platform: "linux", env: { XDG_CONFIG_HOME: "/x" }, is: join("/x", "octopool") },
    { name: "~/.config", platform: "darwin", env: { XDG_CONFIG_HOME: "" }, is: join("/home/a", ".config", "octopool") },
    {
      name: "%APPDATA% on Windows",
      platform: "win32",
      env: { APPDATA: "/roaming", XDG_CONFIG_HOME: "/x" },
      is: join("/roaming", "octopool"),
    },
  ])("is $name", ({ platform, env, is }) => {
    expect(configDirectory({ platform, env, homeDirectory: "/home/a" })).toBe(is);
  });
});

describe("the login store", () => {
  it("has nothing before the first login", async () => {
    expect(await store().read()).toEqual({ defaultUrl: undefined, logins: [] });
  });

  it("keeps several servers side by side and makes the last one the default", async () => {
    await store().save(aLogin("https://one.example"));
    await store().save(aLogin("https://two.example"));
    await store().save(aLogin("https://one.example", "op_new"));
    expect(await store().read()).toEqual({
      defaultUrl: "https://one.example",
      logins: [aLogin("https://two.example"), aLogin("https://one.example", "op_new")],
    });
  });

  it("makes the only login left the default", async () => {
    await store().save(aLogin("https://one.example"));
    await store().save(aLogin("https://two.example"));
    await store().remove("https://two.example");
    expect(await store().read()).toEqual({
      defaultUrl: "https://one.example",
      logins: [aLogin("https://one.example")],
    });
  });

  it("is readable by its owner only", async () => {
    await store().save(aLogin("https://one.example"));
    expect(modeOf(store().path)).toBe(0o600);
    expect(modeOf(dirname(store().path))).toBe(0o700);
  });

  it("closes a directory and a file that stood open", async () => {
    mkdirSync(dirname(store().path), { recursive: true });
    writeFileSync(store().path, '{"servers":{}}');
    chmodSync(store().path, 0o666);
    chmodSync(dirname(store().path), 0o755);
    await store().save(aLogin("https://one.example"));
    expect(modeOf(store().path)).toBe(0o600);
    expect(modeOf(dirname(store().path))).toBe(0o700);
  });

  it("leaves the mode of a directory the user named alone", async () => {
    const named = join(desk.home, "shared");
    mkdirSync(named);
    chmodSync(named, 0o755);
    await store({ OCTOPOOL_CONFIG_DIR: named }).save(aLogin("https://one.example"));
    expect(modeOf(named)).toBe(0o755);
    expect(modeOf(join(named, "logins.json"))).toBe(0o600);
  });

  it("replaces the file instead of writing into it, and leaves no temporary file", async () => {
    await store().save(aLogin("https://one.example"));
    const before = statSync(store().path).ino;
    const held = readFileSync(store().path, "utf8");
    await store().save(aLogin("https://two.example"));
    expect(statSync(store().path).ino).not.toBe(before);
    expect(JSON.parse(held)).toMatchObject({ default: "https://one.example" });
    expect(readdirSync(dirname(store().path))).toEqual(["logins.json"]);
  });

  it.each(["not json", "[]", '{"servers":7}', ""])("says where an unreadable file lies: %j", async (content) => {
    mkdirSync(dirname(store().path), { recursive: true });
    writeFileSync(store().path, content);
    await expect(store().read()).rejects.toThrow(`The saved logins in ${store().path} cannot be read.`);
  });
});
