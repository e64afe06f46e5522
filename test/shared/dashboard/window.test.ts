import { describe, expect, it } from "vitest";
import { resolveWindow, windowBefore, WINDOW_MS, WINDOWS } from "../../../shared/dashboard/window.ts";

const NOW = Date.UTC(2026, 5, 15, 12);
const DAY = 86_400_000;

describe("resolveWindow", () => {
  it.each(WINDOWS)("%s ends now", (name) => {
    expect(resolveWindow(name, NOW)).toEqual({ from: NOW - WINDOW_MS[name], to: NOW });
  });

  it("of one's own ends no later than now", () => {
    expect(resolveWindow({ from: NOW - DAY, to: NOW + DAY }, NOW)).toEqual({ from: NOW - DAY, to: NOW });
  });

  it.each([
    { name: "longer than 30 days", from: NOW - 30 * DAY - 1, to: NOW },
    { name: "shorter than a minute", from: NOW - 59_000, to: NOW },
    { name: "backwards", from: NOW, to: NOW - DAY },
    { name: "of the future", from: NOW + DAY, to: NOW + 2 * DAY },
  ])("refuses one that is $name", (ask) => {
    expect(() => resolveWindow(ask, NOW)).toThrow(expect.objectContaining({ code: "invalid_window" }));
  });
});

it("the window before is as long and ends where this one begins", () => {
  expect(windowBefore({ from: 500, to: 800 })).toEqual({ from: 200, to: 500 });
});
