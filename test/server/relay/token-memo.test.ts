import { describe, expect, it } from "vitest";
import { TokenMemo } from "../../../server/relay/token-memo.ts";
import { HOUR, MINUTE, NOW } from "../../support/builders.ts";

const app = { id: "app", secretRef: "APP_KEY", installationId: 7 };

describe("a token in this isolate's memory", () => {
  it.each([
    { name: "is held for five minutes", expiresAt: NOW + HOUR, held: 5 * MINUTE },
    { name: "is forgotten a minute before its end", expiresAt: NOW + 3 * MINUTE, held: 2 * MINUTE },
  ])("$name", ({ expiresAt, held }) => {
    const memo = new TokenMemo();
    memo.put(app, "ghs_1", expiresAt, NOW);
    expect(memo.get(app, NOW + held - 1)).toBe("ghs_1");
    expect(memo.get(app, NOW + held)).toBeUndefined();
  });

  it("is not held at all in its last minute", () => {
    const memo = new TokenMemo();
    memo.put(app, "ghs_1", NOW + MINUTE, NOW);
    expect(memo.get(app, NOW)).toBeUndefined();
  });

  it.each([
    { name: "the key was changed", changed: { secretRef: "NEW_KEY" } },
    { name: "the installation was changed", changed: { installationId: 8 } },
    { name: "another identity asks", changed: { id: "other" } },
  ])("is not given out where $name", ({ changed }) => {
    const memo = new TokenMemo();
    memo.put(app, "ghs_1", NOW + HOUR, NOW);
    expect(memo.get({ ...app, ...changed }, NOW)).toBeUndefined();
  });

  it("ends when GitHub refused it", () => {
    const memo = new TokenMemo();
    memo.put(app, "ghs_1", NOW + HOUR, NOW);
    memo.forget("app");
    expect(memo.get(app, NOW)).toBeUndefined();
  });
});
