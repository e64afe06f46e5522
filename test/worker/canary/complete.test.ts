import { expect, it } from "vitest";
import { ROUTE_FAMILIES } from "../../../shared/routes/index.ts";
import { GROUPS } from "./groups.ts";

const FILES = import.meta.glob<string>("./*.test.ts", { query: "?raw", import: "default", eager: true });

it("every family of the route table is walked, once", () => {
  expect(Object.values(GROUPS).flat().toSorted()).toEqual(ROUTE_FAMILIES.map(({ title }) => title).toSorted());
});

it.each(Object.keys(GROUPS))("a test walks the %s", (group) => {
  expect(FILES[`./${group}.test.ts`]).toContain(`walkGroup("${group}")`);
});
