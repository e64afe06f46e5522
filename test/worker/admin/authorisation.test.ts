/** Every procedure of the dashboard, by name: who may call it, in which pool, from which page, and that it is logged. */
import { beforeEach, describe, expect, it } from "vitest";
import { appRouter } from "../../../server/admin/router.ts";
import { Browser, makeOperator, type TrpcAnswer } from "../support/browser.ts";
import { POOL } from "../support/relay.ts";
import { ALL, furnish, inputOf, type Named, PROCEDURES } from "./procedures.ts";
import { anOperator, type Bench, codeOf } from "./support.ts";

const IN_A_POOL = ALL.filter((one) => one.of === "pool");
const CHANGES = ALL.filter((one) => one.does === "changes");

let bench: Bench;
beforeEach(async () => {
  bench = await anOperator();
  await furnish(bench, "acme/hidden-plans");
});

interface Page {
  readonly pool?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** As the page asks, with an input that an operator is answered. */
async function call(browser: Browser, one: Named, { pool = POOL, headers }: Page = {}): Promise<TrpcAnswer> {
  const input = await inputOf(one, bench, pool);
  return one.does === "reads" ? browser.query(one.name, input) : browser.mutate(one.name, input, headers);
}

/** Everything that D1 knows, but what a request leaves by itself. */
async function everything(): Promise<string> {
  const db = bench.relay.db.$client;
  const { results: tables } = await db
    .prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'",
    )
    .all<{ name: string }>();
  const known = await db.batch(tables.map(({ name }) => db.prepare(`SELECT * FROM "${name}"`)));
  return JSON.stringify(known.map(({ results }, index) => [tables[index]?.name, results]));
}

it("the table names every procedure and what each is", () => {
  const known = Object.entries(appRouter._def.procedures).map(([name, procedure]) => {
    const { type } = (procedure as unknown as { _def: { type: string } })._def;
    return [name, type === "query" ? "reads" : "changes"];
  });
  expect(Object.fromEntries(known)).toEqual(
    Object.fromEntries(Object.entries(PROCEDURES).map(([name, { does }]) => [name, does])),
  );
});

describe("every procedure", () => {
  it.each([
    { who: "nobody in particular", code: "session_required", as: async () => new Browser(bench.relay) },
    {
      who: "a session that has ended",
      code: "session_required",
      as: async () => {
        bench.relay.later(14 * 86_400_000 + 1);
        return bench.browser;
      },
    },
    {
      who: "an operator who was demoted",
      code: "session_required",
      as: async () => {
        const bob = await new Browser(bench.relay).signInAsOperator("bob");
        await makeOperator(bench.relay, "bob", "none");
        return bob;
      },
    },
    {
      who: "a member without the role",
      code: "operator_required",
      as: async () => {
        const bob = new Browser(bench.relay);
        await bob.signIn("bob");
        return bob;
      },
    },
  ])("is refused to $who", async ({ code, as }) => {
    const inputs = await Promise.all(ALL.map((one) => inputOf(one, bench, POOL)));
    const browser = await as();
    const before = await everything();
    for (const [index, { name, does }] of ALL.entries()) {
      const answer = await (does === "reads"
        ? browser.query(name, inputs[index])
        : browser.mutate(name, inputs[index]));
      expect([name, codeOf(answer), answer.data]).toEqual([name, code, undefined]);
    }
    expect(await everything()).toBe(before);
  });

  it("is answered to an operator, and each change is in the admin log", async () => {
    for (const one of ALL) {
      const before = (await bench.log()).length;
      const answer = await call(bench.browser, one);
      expect([one.name, answer.status, codeOf(answer)]).toEqual([one.name, 200, undefined]);
      const events = (await bench.log()).slice(0, (await bench.log()).length - before);
      const expected = one.event === undefined ? [] : [["alice", one.event]];
      expect([one.name, events.map(({ actor, action }) => [actor, action])]).toEqual([one.name, expected]);
    }
  });

  it("is refused in a pool that the operator does not hold, whether there is one or not", async () => {
    await makeOperator(bench.relay, "bob", "admin", "another");
    const before = await everything();
    for (const one of IN_A_POOL) {
      for (const pool of ["another", "nowhere"])
        expect([one.name, codeOf(await call(bench.browser, one, { pool }))]).toEqual([one.name, "pool_not_held"]);
    }
    expect(await everything()).toBe(before);
  });

  it("is refused to an operator whose grant was revoked", async () => {
    const inputs = await Promise.all(IN_A_POOL.map((one) => inputOf(one, bench, POOL)));
    await bench.relay.db.$client.prepare("UPDATE caller_pools SET revoked_at = 1").run();
    for (const [index, { name, does }] of IN_A_POOL.entries()) {
      const input = inputs[index];
      const answer = await (does === "reads" ? bench.browser.query(name, input) : bench.browser.mutate(name, input));
      expect([name, codeOf(answer)]).toEqual([name, "pool_not_held"]);
    }
  });

  it.each([{}, { pool: 1 }, { pool: "" }, { pool: "../x" }, []])(
    "is refused the input %j by its field",
    async (input) => {
      for (const { name, does } of IN_A_POOL) {
        const answer = await (does === "reads" ? bench.browser.query(name, input) : bench.browser.mutate(name, input));
        expect([name, answer.status, codeOf(answer)]).toEqual([name, 400, "invalid_request"]);
      }
    },
  );
});

describe("every change", () => {
  const ours = "http://127.0.0.1";
  it.each<{ page: string; headers: Readonly<Record<string, string>> }>([
    { page: "no page", headers: {} },
    { page: "another origin's page", headers: { origin: "https://evil.example" } },
    { page: "a sandboxed page", headers: { origin: "null" } },
    { page: "another scheme", headers: { origin: "https://127.0.0.1" } },
    { page: "another port", headers: { origin: `${ours}:8080` } },
    { page: "a name that begins like ours", headers: { origin: `${ours}.evil.example` } },
    { page: "a browser that says cross-site", headers: { origin: ours, "sec-fetch-site": "cross-site" } },
    { page: "a browser that says same-site", headers: { origin: ours, "sec-fetch-site": "same-site" } },
    { page: "an address typed in", headers: { origin: ours, "sec-fetch-site": "none" } },
  ])("is refused from $page, and nothing is changed", async ({ headers }) => {
    expect(CHANGES.length).toBeGreaterThan(12);
    const before = await everything();
    for (const one of CHANGES)
      expect([one.name, codeOf(await call(bench.browser, one, { headers }))]).toEqual([one.name, "origin_denied"]);
    expect(await everything()).toBe(before);
  });

  it("is no link: it is never asked for by GET, nor by the dozen from elsewhere", async () => {
    const before = await everything();
    for (const one of CHANGES) {
      const answer = await bench.browser.query(one.name, await inputOf(one, bench, POOL));
      expect([one.name, answer.status]).toEqual([one.name, 405]);
    }
    const names = CHANGES.map(({ name }) => name).join(",");
    const response = await bench.relay.fetch(`/trpc/${names}?batch=1`, {
      method: "POST",
      headers: { ...bench.browser.headers(), "content-type": "application/json", origin: "https://evil.example" },
      body: JSON.stringify(Object.fromEntries(CHANGES.map((_, index) => [index, "{}"]))),
    });
    const text = await response.text();
    expect(text.split("origin_denied").length - 1).toBe(CHANGES.length);
    expect(await everything()).toBe(before);
  });

  it("stands together with its event in the admin log, or not at all", async () => {
    const db = bench.relay.db.$client;
    for (const one of CHANGES) {
      await db
        .prepare("CREATE TRIGGER no_log BEFORE INSERT ON admin_events BEGIN SELECT RAISE(ABORT, 'no log'); END")
        .run();
      const before = await everything();
      const input = await inputOf(one, bench, POOL);
      const refused = await bench.browser.mutate(one.name, input);
      expect([one.name, refused.status, codeOf(refused)]).toEqual([one.name, 500, "internal_error"]);
      expect([one.name, await everything()]).toEqual([one.name, before]);
      await db.prepare("DROP TRIGGER no_log").run();
      const done = await bench.browser.mutate(one.name, input);
      expect([one.name, done.status]).toEqual([one.name, 200]);
    }
  });
});
