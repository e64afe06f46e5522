import { describe, expect, it } from "vitest";
import { githubWorld, standInWorld } from "../../scripts/local-world.ts";

const ENV = { GITHUB_TOKEN: "ghp_mine", ALLOWED_GITHUB_ORG: "acme" };

describe("githubWorld", () => {
  it.each(["GITHUB_TOKEN", "ALLOWED_GITHUB_ORG"])("names %s where it is missing or blank", (name) => {
    expect(() => githubWorld({ ...ENV, [name]: undefined })).toThrow(`--github needs ${name}`);
    expect(() => githubWorld({ ...ENV, [name]: " " })).toThrow(`--github needs ${name}`);
  });

  it("asks GitHub itself, with one identity made of the user's token", () => {
    const world = githubWorld(ENV);
    expect(world.vars).toEqual({ ALLOWED_GITHUB_ORG: "acme", DEFAULT_ALLOWED_OWNERS: "acme" });
    expect(world.identities.map(({ token }) => token)).toEqual(["ghp_mine"]);
  });
});

it("the stand-in's world asks nobody but the stand-in", () => {
  const { vars } = standInWorld("http://127.0.0.1:9");
  const origins = Object.entries(vars).filter(([name]) => name.endsWith("_ORIGIN"));
  expect(origins.map(([, origin]) => origin)).toEqual(Array(3).fill("http://127.0.0.1:9"));
});
