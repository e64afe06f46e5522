import { describe, expect, it } from "vitest";
import { chooseCaller, chooseTarget } from "../../cli/config.ts";
import { Failure, NotLoggedIn, UsageProblem } from "../../cli/exit.ts";
import type { LoginStore, SavedLogin } from "../../cli/logins.ts";

const one = {
  url: "https://one.example",
  askedUrl: "https://get.one.example",
  token: "op_one",
  pool: "p1",
  githubLogin: "alice",
  clientName: "desk",
};
const two = { ...one, url: "https://two.example", askedUrl: "https://two.example", token: "op_two", pool: "p2" };

function holding(logins: readonly SavedLogin[], defaultUrl?: string): LoginStore {
  return {
    path: "/logins.json",
    read: async () => ({ defaultUrl, logins }),
    save: async () => undefined,
    remove: async () => undefined,
  };
}

describe("chooseCaller", () => {
  it.each([
    { name: "the default login", env: {}, url: two.url, token: "op_two", pool: "p2" },
    {
      name: "the login of the server OCTOPOOL_URL names",
      env: { OCTOPOOL_URL: "https://one.example" },
      url: one.url,
      token: "op_one",
      pool: "p1",
    },
    {
      name: "the login by the address it was asked with",
      env: { OCTOPOOL_URL: "get.one.example" },
      url: one.url,
      token: "op_one",
      pool: "p1",
    },
    {
      name: "OCTOPOOL_TOKEN over the saved one",
      env: { OCTOPOOL_TOKEN: "op_env" },
      url: two.url,
      token: "op_env",
      pool: "p2",
    },
    {
      name: "another server with OCTOPOOL_TOKEN",
      env: { OCTOPOOL_URL: "https://new.example", OCTOPOOL_TOKEN: "op_env" },
      url: "https://new.example",
      token: "op_env",
      pool: "maintainers",
    },
    {
      name: "OCTOPOOL_POOL over the saved one",
      env: { OCTOPOOL_POOL: "p3" },
      url: two.url,
      token: "op_two",
      pool: "p3",
    },
  ])("takes $name", async ({ env, url, token, pool }) => {
    expect(await chooseCaller(env, holding([one, two], two.url))).toMatchObject({ url, token, pool });
  });

  it.each([
    "https://evil.example",
    "https://two.example.evil.example",
    "https://two.example:8443",
    "http://localhost:8787",
  ])("gives no saved token to %s", async (url) => {
    const chosen = chooseCaller({ OCTOPOOL_URL: url }, holding([one, two], two.url));
    await expect(chosen).rejects.toThrow(NotLoggedIn);
    await expect(chosen).rejects.toThrow(`You are not logged in to ${url}.`);
  });

  it("refuses a server over plain HTTP, where a token could be read", async () => {
    const env = { OCTOPOOL_URL: "http://two.example", OCTOPOOL_TOKEN: "op_env" };
    await expect(chooseCaller(env, holding([]))).rejects.toThrow(Failure);
    expect(await chooseCaller({ ...env, OCTOPOOL_ALLOW_INSECURE_LOGIN: "1" }, holding([]))).toMatchObject({
      url: "http://two.example",
    });
  });

  it("drops the line end of a token", async () => {
    expect(await chooseCaller({ OCTOPOOL_TOKEN: "op_env\n" }, holding([two], two.url))).toMatchObject({
      token: "op_env",
    });
  });

  it("names a server where several logins are left and none is the default", async () => {
    await expect(chooseCaller({}, holding([one, two]))).rejects.toMatchObject({
      message: "None of your 2 saved logins is the default.",
      next: "OCTOPOOL_URL=https://one.example octopool …, or octopool login <server>",
    });
  });

  it("asks for a login where no server is known", async () => {
    await expect(chooseTarget({}, holding([]))).rejects.toThrow(NotLoggedIn);
  });

  it.each(["https://two.example/path", "https://user:pw@two.example", "ftp://two.example", "https://"])(
    "refuses %s as an address",
    async (url) => {
      await expect(chooseTarget({ OCTOPOOL_URL: url }, holding([]))).rejects.toThrow(UsageProblem);
    },
  );
});
