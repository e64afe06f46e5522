import { describe, expect, it } from "vitest";
import { replayBudgets, replayRules } from "../../../server/admin/policy-replay.ts";
import type { Identity } from "../../../server/relay/stages.ts";
import type { ReplayFill, ReplayGroup } from "../../../server/store/replay.ts";
import { defaultPolicy, type Policy } from "../../../shared/policy.ts";

const MINUTE = 60_000;
const policy = (changes: Partial<Policy> = {}): Policy => ({ ...defaultPolicy(["acme"]), ...changes });

function aGroup(changes: Partial<ReplayGroup> = {}): ReplayGroup {
  return {
    routeKind: "pr_view",
    routeKey: "/repos/acme/widget/pulls/{number}",
    fallbackReason: "",
    identityId: "",
    requests: 10,
    fills: 0,
    callers: 2,
    latestAt: 5,
    ...changes,
  };
}

function anIdentity(id: string, owner: string): Identity {
  return {
    id,
    kind: "pat",
    login: id,
    secretRef: "PAT",
    installationId: undefined,
    weight: 100,
    publicOnly: false,
    status: "active",
    scopes: [{ owner, repo: undefined, allowPrivate: false }],
  };
}

const STRANGER = { routeKey: "/repos/Beta/thing/pulls/{number}" };
const LOGS = { routeKind: "job_logs", routeKey: "/repos/acme/widget/actions/jobs/{id}/logs" };
const SEARCH = { routeKind: "search_issues", routeKey: "/search/issues" };

describe("rules over requests that were made", () => {
  it.each([
    { name: "nothing changes in the same policy", group: {}, before: {}, after: {}, effects: [] },
    { name: "a gate closes", group: LOGS, before: {}, after: { allow_logs: false }, effects: ["refused logs_denied"] },
    {
      name: "a gate opens",
      group: { ...SEARCH, fallbackReason: "search_denied" },
      before: {},
      after: { allow_search: true },
      effects: ["admitted search_denied"],
    },
    {
      name: "a gate opens that another refusal stood behind",
      group: { ...SEARCH, fallbackReason: "route_denied" },
      before: {},
      after: { allow_search: true },
      effects: [],
    },
    {
      name: "strangers are shut out",
      group: STRANGER,
      before: {},
      after: { allow_public_repos: false },
      effects: ["refused owner_denied"],
    },
    {
      name: "the owner is allowed, so it does not matter",
      group: {},
      before: {},
      after: { allow_public_repos: false },
      effects: [],
    },
    {
      name: "an owner is let in, whatever the case",
      group: { ...STRANGER, fallbackReason: "owner_denied" },
      before: { allow_public_repos: false },
      after: { allow_public_repos: false, allowed_owners: ["acme", "beta"] },
      effects: ["admitted owner_denied"],
    },
    {
      name: "an owner leaves, and his own identity with him",
      group: { identityId: "scoped", fills: 4 },
      before: {},
      after: { allowed_owners: [] },
      effects: ["narrowed null"],
    },
    {
      name: "an owner leaves, and the identity serves everybody",
      group: { identityId: "star", fills: 4 },
      before: {},
      after: { allowed_owners: [] },
      effects: [],
    },
    {
      name: "an owner leaves, and no identity was asked",
      group: { identityId: "scoped" },
      before: {},
      after: { allowed_owners: [] },
      effects: [],
    },
    {
      name: "a refusal of another kind stays one",
      group: { fallbackReason: "no_identity" },
      before: {},
      after: { allowed_owners: [], allow_public_repos: false },
      effects: [],
    },
  ])("$name", ({ group, before, after, effects }) => {
    const changes = replayRules([aGroup(group)], { before: policy(before), after: policy(after) }, [
      anIdentity("scoped", "acme"),
      anIdentity("star", "*"),
    ]);
    expect(changes.map(({ effect, reason }) => `${effect} ${reason}`)).toEqual(effects);
  });

  it("tell one route once, most requests first, and count only what was fetched where an identity is lost", () => {
    const changes = replayRules(
      [
        aGroup({ identityId: "scoped", fills: 3 }),
        aGroup({ ...STRANGER, identityId: "one", requests: 4 }),
        aGroup({ ...STRANGER, identityId: "two", requests: 5, latestAt: 9 }),
      ],
      { before: policy(), after: policy({ allowed_owners: [], allow_public_repos: false }) },
      [anIdentity("scoped", "acme")],
    );
    expect(changes.map(({ routeKey, requests, latestAt }) => [routeKey, requests, latestAt])).toEqual([
      ["/repos/acme/widget/pulls/{number}", 10, 5],
      [STRANGER.routeKey, 9, 9],
    ]);
    const [narrowed] = replayRules(
      [aGroup({ identityId: "scoped", fills: 3 })],
      {
        before: policy(),
        after: policy({ allowed_owners: [] }),
      },
      [anIdentity("scoped", "acme")],
    );
    expect(narrowed?.requests).toBe(3);
  });
});

describe("budgets over fills that were made", () => {
  const fill = (minute: number, more: Partial<ReplayFill> = {}): ReplayFill => {
    return { callerId: "gh_1", at: minute * MINUTE, durationMs: 1000, fallbackReason: "", ...more };
  };
  const run = (fills: readonly ReplayFill[], changes: Partial<Policy>) =>
    replayBudgets(fills, { before: policy(), after: policy(changes) }).map(({ rule, effect, callerId, requests }) => [
      rule,
      effect,
      callerId,
      requests,
    ]);

  it.each([
    { name: "as many as there may be", perHour: 3, over: [] },
    { name: "one too many", perHour: 2, over: [["fills_per_hour_per_caller", "refused", "gh_1", 1]] },
    { name: "none allowed at all", perHour: 0, over: [["fills_per_hour_per_caller", "refused", "gh_1", 3]] },
    { name: "a budget that grew", perHour: 100_000, over: [] },
  ])("fills of an hour: $name", ({ perHour, over }) => {
    const fills = [fill(3), fill(1), fill(2), fill(2, { callerId: "gh_2", fallbackReason: "no_identity" })];
    expect(run(fills, { fills_per_hour_per_caller: perHour })).toEqual(over);
  });

  it("a bucket refills evenly", () => {
    expect(run([fill(0), fill(61)], { fills_per_hour_per_caller: 1 })).toEqual([]);
  });

  it("places: who would wait for one of his own to end", () => {
    const together = [fill(1), fill(1, { at: MINUTE + 500 }), fill(1, { at: MINUTE + 999 }), fill(2)];
    expect(run(together, { max_concurrent_per_caller: 2 })).toEqual([
      ["max_concurrent_per_caller", "waits", "gh_1", 1],
    ]);
    expect(run(together, { max_concurrent_per_caller: 3 })).toEqual([]);
  });

  it("negative proofs are paid for by requests of what is not public", () => {
    const hidden = [fill(1, { fallbackReason: "repo_not_public" }), fill(2, { fallbackReason: "repo_not_public" })];
    expect(run([...hidden, fill(3)], { negative_proofs_per_hour_per_caller: 1 })).toEqual([
      ["negative_proofs_per_hour_per_caller", "refused", "gh_1", 1],
    ]);
  });
});
