import { beforeEach, describe, expect, it } from "vitest";
import { Reservations } from "../../../server/coordinator/reservations.ts";
import { MINUTE, NOW } from "./builders.ts";
import { FakeClock } from "./fake-clock.ts";

let clock: FakeClock;
let freed: number;
let reservations: Reservations;
beforeEach(() => {
  clock = new FakeClock(NOW);
  freed = 0;
  reservations = new Reservations(clock, () => (freed += 1));
});

const held = (id: string, resource = "core") => [
  reservations.inFlight(id),
  reservations.on(id, resource).inFlight,
  reservations.on(id, resource).claims,
];

describe("a reservation", () => {
  it("is in flight with the first identity and a claim on the budget of each", () => {
    reservations.hold(["ada", "bob"], "core");
    reservations.hold(["ada"], "search");
    expect(held("ada")).toEqual([2, 1, 1]);
    expect(held("ada", "search")).toEqual([2, 1, 1]);
    expect(held("bob")).toEqual([0, 0, 1]);
  });

  it("ends once, and frees everything", () => {
    const one = reservations.hold(["ada", "bob"], "core");
    expect(one.isHeld()).toBe(true);
    one.end();
    one.end();
    expect(one.isHeld()).toBe(false);
    expect([held("ada"), held("bob"), freed, clock.pending]).toEqual([[0, 0, 0], [0, 0, 0], 1, 0]);
  });

  it("ends by itself after a minute", async () => {
    reservations.hold(["ada"], "core");
    await clock.advance(MINUTE - 1);
    expect(held("ada")).toEqual([1, 1, 1]);
    await clock.advance(1);
    expect([held("ada"), freed]).toEqual([[0, 0, 0], 1]);
  });
});
