/** Guessing at repositories that are not public is bounded by the caller's hour, and costs nobody else anything. */
import { beforeEach, describe, expect, it } from "vitest";
import { TestRelay } from "../support/relay.ts";

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
  await relay.seed({ policy: { negative_proofs_per_hour_per_caller: 2 } });
});

async function reasonOf(path: string, token = relay.callerToken): Promise<string> {
  const { http, envelope } = await relay.ask(path, { token });
  return http === 200 ? `${envelope.status}` : `${envelope.error?.details?.["reason"]}`;
}
const asked = async (path: string) => (await relay.github.log()).filter((entry) => entry.path.startsWith(path)).length;

describe("a caller who guesses at names", () => {
  it("has GitHub asked about two that are not public, and about no third", async () => {
    expect(await reasonOf("/repos/acme/no-such-1/pulls/1")).toBe("repo_not_public");
    expect(await reasonOf("/repos/acme/no-such-2/pulls/1")).toBe("repo_not_public");
    expect(await reasonOf("/repos/acme/no-such-3/pulls/1")).toBe("relay_overloaded");
    expect(await asked("/repos/acme/no-such-3")).toBeLessThanOrEqual(1); // the anonymous read beside the proof
  });

  it("is answered from memory about those it asked for before", async () => {
    expect(await reasonOf("/repos/acme/no-such-1/pulls/1")).toBe("repo_not_public");
    for (let n = 0; n < 5; n += 1) expect(await reasonOf("/repos/acme/no-such-1/issues/1")).toBe("repo_not_public");
    expect(await reasonOf("/repos/acme/no-such-2/pulls/1")).toBe("repo_not_public");
  });

  it("reads what is public all the same once it is known to be, as does everybody else", async () => {
    expect(await reasonOf("/repos/acme/widget/pulls/7")).toBe("200");
    for (let n = 1; n < 4; n += 1) await reasonOf(`/repos/acme/no-such-${n}/pulls/1`);
    relay.later(31_000); // the proof has ended, and is renewed
    expect(await reasonOf("/repos/acme/widget/issues/7")).toBe("200");
    const bob = await relay.login("bob");
    expect(await reasonOf("/repos/acme/no-such-9/pulls/1", bob)).toBe("repo_not_public");
  });

  it("may guess at numbers no further than at names", async () => {
    expect(await reasonOf("/repositories/999999901/pulls/1")).toBe("repo_not_public");
    expect(await reasonOf("/repositories/999999902/pulls/1")).toBe("repo_not_public");
    expect(await reasonOf("/repositories/999999903/pulls/1")).toBe("relay_overloaded");
    expect(await asked("/repositories/999999903")).toBe(0);
  });
});
