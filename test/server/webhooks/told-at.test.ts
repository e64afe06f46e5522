import { expect, it } from "vitest";
import { toldAt } from "../../../server/webhooks/told-at.ts";
import { payloadOf } from "./payloads.ts";

const NOON = Date.UTC(2026, 5, 15, 12);

it.each([
  { name: "push", at: NOON - 2_000 },
  { name: "pull_request_review", at: NOON },
  { name: "check_run", at: NOON },
  { name: "status", at: NOON },
  { name: "ping.organization", at: undefined },
])("$name tells when it happened", ({ name, at }) => {
  expect(toldAt(payloadOf(name))).toBe(at);
});
