import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RouteSpec } from "../../../shared/routes/spec.ts";
import { unexplained } from "./differences.ts";
import { rowsOf, type Group } from "./groups.ts";
import { KINDS, type IdentityKind } from "./kinds.ts";
import { CanaryWalk } from "./walk.ts";

const WALK_MS = 240_000;
const STATES = ["cold:miss", "warm:hit", "edge:hit", "stored:hit", "stale:stale"];
const OTHER_TYPE = " of another media type";
const [, MEMBER] = KINDS;

const WALKS = [
  ...KINDS.map((kind) => ({ name: kind.name, kind, publicFirst: false })),
  { name: "a member's PAT that renews what the public filled", kind: MEMBER, publicFirst: true },
] as const;

/** Rows that this identity is asked for once the public's budget is spent. */
function mayFill(row: RouteSpec, { publicOnly }: IdentityKind, publicFirst: boolean): boolean {
  // Refs that were stored are renewed from git, at no cost.
  if (publicFirst && row.transports.includes("git")) return false;
  return publicOnly || row.transports.includes("identity");
}

/** Tests that walk every row of the group with every kind of identity. */
export function walkGroup(group: Group): void {
  describe(`the canary among the ${group}`, () => {
    const logged: string[] = [];

    beforeEach(() => {
      logged.length = 0;
      for (const method of ["log", "info", "warn", "error", "debug"] as const) {
        vi.spyOn(console, method).mockImplementation((...words: unknown[]) => {
          logged.push(words.map((word) => (typeof word === "string" ? word : JSON.stringify(word))).join(" "));
        });
      }
    });

    afterEach(() => {
      vi.restoreAllMocks();
    });

    it.each(WALKS)(
      "is seen by $name and by nobody else: cold, warm, stale and renewed",
      async ({ kind, publicFirst }) => {
        const rows = rowsOf(group);
        const { leaks, offered, opened, states, filled } = await new CanaryWalk(kind, logged, publicFirst).run(rows);
        expect(leaks).toEqual([]);
        expect(opened).toEqual([]);
        const unseen = rows.filter(
          (row) => mayFill(row, kind, publicFirst) && !offered.has(`${kind.login} ${row.example}`),
        );
        expect(unseen.map(({ template }) => template)).toEqual([]);
        const unlike = [...filled].flatMap(([template, { served, publicly }]) => {
          const isJson = served?.body_encoding === "json" && publicly !== undefined;
          return isJson ? unexplained(template, publicly, served.body).map((one) => `${template} ${one}`) : [];
        });
        expect(unlike).toEqual([]);
        const walked = [...STATES, publicFirst ? "renewed:miss" : "renewed:hit"];
        const others = states.has(`${walked[0]}${OTHER_TYPE}`) ? STATES.map((state) => state + OTHER_TYPE) : [];
        for (const state of [...walked, ...others]) expect(states).toContain(state);
      },
      WALK_MS,
    );
  });
}
