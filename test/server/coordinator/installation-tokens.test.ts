import { beforeEach, describe, expect, it } from "vitest";
import { InstallationTokens } from "../../../server/coordinator/installation-tokens.ts";
import type { AttemptReport, TokenAsk, TokenTurn } from "../../../server/coordinator/protocol.ts";
import { anAttempt, HOUR, MINUTE, NOW, SECOND } from "./builders.ts";
import { FakeClock, settle } from "./fake-clock.ts";

const FAILURE = {
  kind: "failed",
  reason: "github_identity_unauthorized",
  code: "github_app_token_failed",
  status: 403,
  taught: { kind: "unauthorized" },
} as const satisfies TokenTurn;

let clock: FakeClock;
let mints: TokenAsk[];
let failures: string[];
let tokens: InstallationTokens;
/** What the next mint brings; a mint waits while the gate is shut. */
let brings: () => TokenTurn;
let gate: Promise<void>;
beforeEach(() => {
  clock = new FakeClock(NOW);
  mints = [];
  failures = [];
  gate = Promise.resolve();
  brings = () => ({ kind: "token", token: `ghs_${mints.length}`, expiresAt: clock.now() + HOUR });
  tokens = new InstallationTokens(
    clock,
    async (ask) => {
      mints.push(ask);
      await gate;
      return brings();
    },
    ({ identityId }, { code }) => failures.push(`${identityId} ${code}`),
  );
});

const ask = (part: Partial<TokenAsk> = {}) =>
  tokens.get({ identityId: "app", installationId: 7, secretRef: "APP_KEY", at: clock.now(), ...part });
const tokenOf = async (part: Partial<TokenAsk> = {}) => {
  const turn = await ask(part);
  return turn.kind === "token" ? turn.token : turn.code;
};
const refused = (kind: "unauthorized" | "forbidden", part: Partial<AttemptReport> = {}) =>
  tokens.heed([anAttempt({ kind }, { identityId: "app", kind: "github_app", ...part })]);

describe("installation tokens", () => {
  it("are minted once for all who ask at one time", async () => {
    let open = () => {};
    gate = new Promise((resolve) => (open = resolve));
    const asked = Array.from({ length: 100 }, () => tokenOf());
    await settle();
    expect(mints).toHaveLength(1);
    open();
    expect(new Set(await Promise.all(asked))).toEqual(new Set(["ghs_1"]));
    expect(mints).toHaveLength(1);
  });

  it("are kept until a minute before their end", async () => {
    await tokenOf();
    await clock.advance(59 * MINUTE - 1);
    expect(await tokenOf()).toBe("ghs_1");
    await clock.advance(1);
    expect(await tokenOf()).toBe("ghs_2");
  });

  it("last by the asker's clock as well", async () => {
    await tokenOf();
    await clock.advance(10 * SECOND);
    expect(await tokenOf({ at: clock.now() + 59 * MINUTE })).toBe("ghs_2");
  });

  it("are not minted again and again for an asker whose clock is an hour ahead", async () => {
    expect([await tokenOf({ at: NOW + 2 * HOUR }), await tokenOf({ at: NOW + 2 * HOUR })]).toEqual(["ghs_1", "ghs_1"]);
  });

  it("belong to an installation and a key", async () => {
    expect([
      await tokenOf(),
      await tokenOf({ installationId: 8 }),
      await tokenOf({ secretRef: "OTHER_KEY" }),
      await tokenOf({ identityId: "twin" }),
    ]).toEqual(["ghs_1", "ghs_2", "ghs_3", "ghs_1"]);
  });

  it("that could not be had are told to all who waited, once to the standing, and for five seconds", async () => {
    brings = () => FAILURE;
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([FAILURE, FAILURE, FAILURE]);
    expect(failures).toEqual(["app github_app_token_failed"]);
    await clock.advance(5 * SECOND - 1);
    await ask();
    expect(mints).toHaveLength(1);
    await clock.advance(1);
    await ask();
    expect(mints).toHaveLength(2);
  });

  it("are asked for again after a mint that threw", async () => {
    brings = () => {
      throw new Error("a bug");
    };
    await expect(ask()).rejects.toThrow("a bug");
    brings = () => ({ kind: "token", token: "ghs_after", expiresAt: NOW + HOUR });
    expect(await tokenOf()).toBe("ghs_after");
  });
});

describe("a token that GitHub refused", () => {
  it.each([
    { name: "with 401 is not handed out again", kind: "unauthorized", afterMs: 0, next: "ghs_2" },
    {
      name: "with 403 just after its mint is kept: the route may be to blame",
      kind: "forbidden",
      afterMs: MINUTE - 1,
      next: "ghs_1",
    },
    {
      name: "with 403 a minute after its mint is not handed out again",
      kind: "forbidden",
      afterMs: MINUTE,
      next: "ghs_2",
    },
  ] as const)("$name", async ({ kind, afterMs, next }) => {
    await tokenOf();
    await clock.advance(afterMs);
    refused(kind);
    expect(await tokenOf()).toBe(next);
  });

  it("is another identity's affair", async () => {
    await tokenOf();
    refused("unauthorized", { identityId: "other" });
    refused("unauthorized", { kind: "pat" });
    expect(await tokenOf()).toBe("ghs_1");
  });
});

describe("why there is no token", () => {
  it("is known until a mint succeeds", async () => {
    expect(tokens.failureOf("app")).toBeUndefined();
    brings = () => FAILURE;
    await ask();
    expect(tokens.failureOf("app")).toEqual({ code: "github_app_token_failed", status: 403, at: NOW });
    brings = () => ({ kind: "token", token: "ghs_good", expiresAt: NOW + HOUR });
    await clock.advance(MINUTE);
    await ask();
    expect(tokens.failureOf("app")).toBeUndefined();
  });
});
