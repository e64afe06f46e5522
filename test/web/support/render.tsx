/** A room within the shell, at an address, before a fake server. */
import { Route, Router } from "@solidjs/router";
import { cleanup, render } from "@solidjs/testing-library";
import type { Component } from "solid-js";
import { afterEach, vi } from "vitest";
import type { PoolStanding, Usage } from "../../../shared/dashboard/overview.ts";
import { NO_COUNTS } from "../../../shared/dashboard/status.ts";
import { Shell } from "../../../web/ui/shell.tsx";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

/** `path` is below /dashboard, with its query. */
export function renderRoom(page: Component, path: string): ReturnType<typeof render> {
  history.replaceState(null, "", `/dashboard${path}`);
  return render(() => (
    <Router base="/dashboard" root={Shell}>
      <Route path="*" component={page} />
    </Router>
  ));
}

export const NOW = Date.UTC(2026, 5, 15, 12);
export const ME = { login: "lena", pools: ["maintainers"], now: NOW };

export function aStanding(changes: Partial<PoolStanding> = {}): PoolStanding {
  return { at: NOW, isKnown: true, identities: [], core: { dryFrom: null, dryTo: null, short: 0 }, ...changes };
}

const NOTHING = { counts: NO_COUNTS, saved: 0, units: 0, p50: null, p95: null };

export function aUsage(changes: Partial<Usage> = {}): Usage {
  return {
    at: NOW,
    window: { from: NOW - 3_600_000, to: NOW },
    bucketMs: 60_000,
    now: NOTHING,
    before: NOTHING,
    buckets: [],
    routes: [],
    routeKinds: 0,
    troubles: [],
    acts: [],
    lostRows: 0,
    ...changes,
  };
}
