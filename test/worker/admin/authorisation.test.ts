/** Every procedure of the dashboard, by name: who may call it, in which pool, from which page. */
import { beforeEach, describe, expect, it } from "vitest";
import { appRouter } from "../../../server/admin/router.ts";
import { Browser, makeOperator } from "../support/browser.ts";
import { POOL } from "../support/relay.ts";
import { anOperator, type Bench, codeOf } from "./support.ts";

const PROCEDURES = Object.entries(appRouter._def.procedures).map(([name, procedure]) => ({
  name,
  isQuery: (procedure as unknown as { _def: { type: string } })._def.type === "query",
}));
const IN_A_POOL = PROCEDURES.filter(({ name }) => name !== "session.me");
const CHANGES = PROCEDURES.filter(({ isQuery }) => !isQuery);

let bench: Bench;
beforeEach(async () => {
  bench = await anOperator();
});

const call = (browser: Browser, { name, isQuery }: (typeof PROCEDURES)[number], pool: string) =>
  isQuery ? browser.query(name, { pool }) : browser.mutate(name, { pool });

describe("every procedure", () => {
  it("is refused to nobody in particular and to members without the role", async () => {
    const nobody = new Browser(bench.relay);
    const member = new Browser(bench.relay);
    await member.signIn("bob");
    for (const procedure of PROCEDURES) {
      expect([procedure.name, codeOf(await call(nobody, procedure, POOL))]).toEqual([
        procedure.name,
        "session_required",
      ]);
      expect([procedure.name, codeOf(await call(member, procedure, POOL))]).toEqual([
        procedure.name,
        "operator_required",
      ]);
    }
  });

  it("is refused in a pool that the operator does not hold, whether there is one or not", async () => {
    await makeOperator(bench.relay, "bob", "admin", "another");
    for (const procedure of IN_A_POOL) {
      for (const pool of ["another", "nowhere"])
        expect([procedure.name, codeOf(await call(bench.browser, procedure, pool))]).toEqual([
          procedure.name,
          "pool_not_held",
        ]);
    }
  });

  it("is refused to an operator whose grant was revoked", async () => {
    await bench.relay.db.$client.prepare("UPDATE caller_pools SET revoked_at = 1").run();
    for (const procedure of IN_A_POOL)
      expect([procedure.name, codeOf(await call(bench.browser, procedure, POOL))]).toEqual([
        procedure.name,
        "pool_not_held",
      ]);
  });

  it("that changes something is refused to another origin's page", async () => {
    expect(CHANGES.length).toBeGreaterThan(8);
    for (const { name } of CHANGES) {
      const foreign = await bench.browser.mutate(name, { pool: POOL }, "https://evil.example");
      expect([name, codeOf(foreign)]).toEqual([name, "origin_denied"]);
    }
  });
});
