/**
 * Every procedure of the dashboard's API: what it does, whose it is, and an input that it answers. In an order in which
 * each change has something to change.
 */
import type { Bench } from "./support.ts";

export interface Procedure {
  readonly does: "reads" | "changes";
  /** `pool`: an operator's who holds the input's pool. `session`: any operator's. */
  readonly of: "pool" | "session";
  readonly input: (bench: Bench) => Promise<object> | object;
  /** A change's event in the admin log. */
  readonly event?: string;
}

const reads = (input: object = {}): Procedure => ({ does: "reads", of: "pool", input: () => input });
const changes = (event: string, input: Procedure["input"]): Procedure => ({
  does: "changes",
  of: "pool",
  event,
  input,
});

const REPOSITORY = { target: { kind: "repository", value: "acme/widget" } } as const;
const WINDOW = { window: "24h" } as const;
const BOB = { callerId: "gh_102" } as const;
const ALICES = { identityId: "pat_alice" } as const;
const BOBS = { id: "pat_bob", kind: "pat", login: "bob", secret_ref: "PAT_BOB", scopes: [{ owner: "*" }] } as const;

const policyOf = (bench: Bench) => bench.ask<{ policy: object; version: number }>("policy.get");

export const PROCEDURES: Readonly<Record<string, Procedure>> = {
  "session.me": { does: "reads", of: "session", input: () => ({}) },

  "overview.usage": reads(WINDOW),
  "overview.standing": reads(),
  "traffic.list": reads(WINDOW),
  "traffic.one": {
    ...reads(),
    input: async (bench) => ({ id: (await bench.ask<{ rows: { id: number }[] }>("traffic.list", WINDOW)).rows[0]?.id }),
  },
  "traffic.newer": reads({ after: "1.1" }),
  "traffic.counts": reads(WINDOW),
  "routes.list": reads(),
  "usage.patterns": reads(),
  "usage.causes": reads(),
  "usage.callers": reads(),
  "adminLog.list": reads(),

  "callers.list": reads({ window: "30d" }),
  "callers.provision": changes("caller.create", () => ({ login: "octocat", clientName: "ci" })),
  "callers.disable": changes("caller.disable", () => BOB),
  "callers.enable": changes("caller.enable", () => BOB),
  "callers.setGrant": changes("caller.revoke", () => ({ ...BOB, grantPool: "maintainers", granted: false })),
  "callers.revokeClient": changes("client.revoke", () => ({ ...BOB, clientName: "laptop" })),

  "identities.list": reads(),
  "identities.put": changes("identity.put", () => ({ mode: "add", identity: BOBS })),
  "identities.pause": changes("identity.pause", () => ALICES),
  "identities.resume": changes("identity.resume", () => ALICES),
  "identities.clearCooldowns": changes("identity.clear_cooldowns", () => ALICES),
  "identities.test": changes("identity.test", () => ALICES),
  "identities.remove": changes("identity.delete", () => ({ identityId: "pat_bob" })),

  "cache.totals": reads(),
  "cache.search": reads(REPOSITORY),
  "cache.entry": {
    ...reads(),
    input: async (bench) => {
      const { rows } = await bench.ask<{ rows: { cacheKey: string }[] }>("cache.search", REPOSITORY);
      return { cacheKey: rows[0]?.cacheKey };
    },
  },
  "cache.countPurge": reads(REPOSITORY),
  "cache.purge": changes("cache.purge", () => REPOSITORY),

  "policy.get": reads(),
  "policy.preview": {
    ...reads(),
    input: async (bench) => ({ policy: { ...(await policyOf(bench)).policy, allow_public_repos: false } }),
  },
  "policy.save": changes("policy.save", async (bench) => {
    const { policy, version } = await policyOf(bench);
    return { policy: { ...policy, allow_search: true }, version };
  }),
  "policy.history": reads(),
  "policy.restore": changes("policy.restore", async (bench) => {
    const { version } = await policyOf(bench);
    const { rows } = await bench.ask<{ rows: { eventId: number }[] }>("policy.history");
    return { eventId: rows.at(-1)?.eventId, version };
  }),
};

export type Named = Procedure & { readonly name: string };
export const ALL: readonly Named[] = Object.entries(PROCEDURES).map(([name, one]) => ({ name, ...one }));

/** The input as it is asked: with the pool, where the procedure has one. */
export async function inputOf({ of, input }: Procedure, bench: Bench, pool: string): Promise<object | undefined> {
  return of === "session" ? undefined : { pool, ...(await input(bench)) };
}

/** Something to be seen in every room: reads, a refusal, another caller with a client. */
export async function furnish(bench: Bench, privateRepository: string): Promise<void> {
  await bench.relay.login("bob");
  await bench.relay.github.addRepository({ full_name: privateRepository, visibility: "private" });
  await bench.relay.ask("/repos/acme/widget/pulls/7");
  await bench.relay.ask(`/repos/${privateRepository}/pulls/1`);
}
