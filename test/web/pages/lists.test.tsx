/** The rooms that are lists: routes, usage, audit log. Each loading, empty, filtered away, failing and full. */
import { fireEvent, screen, waitFor } from "@solidjs/testing-library";
import type { Component } from "solid-js";
import { describe, expect, it } from "vitest";
import AuditLog from "../../../web/pages/audit-log.tsx";
import Routes from "../../../web/pages/routes.tsx";
import UsageRoom from "../../../web/pages/usage.tsx";
import { Refusal } from "../support/fake-server.ts";
import { button, NOW, openRoom, waiting } from "../support/room.tsx";

type Answers = Record<string, (input: never) => unknown>;

const TRAFFIC = {
  requests: 0,
  hitRate: null,
  saved: 0,
  fallbacks: 0,
  errors: 0,
  avgMs: null,
  lastSeen: null,
  missReasons: [],
};
const FRESHNESS = {
  policy: "slow",
  freshSeconds: 600,
  staleSeconds: 3600,
  swrSeconds: 0,
  coveredSeconds: null,
  endedBy: [],
};
const ROUTE = {
  kind: "pr_view",
  family: "Pull requests",
  about: "One pull request.",
  resource: "core",
  transports: ["anonymous", "identity"],
  gate: null,
  templates: ["/repos/{owner}/{repo}/pulls/{number}"],
  freshness: FRESHNESS,
  traffic: { ...TRAFFIC, requests: 8, hitRate: 0.5, avgMs: 20, missReasons: [{ reason: "expired", requests: 4 }] },
};
const LOGS = { ...ROUTE, kind: "job_logs", gate: "allow_logs", transports: ["identity"], traffic: TRAFFIC };
const PATTERN = {
  routeKind: "pr_view",
  pattern: "/repos/acme/widget/pulls/{number}",
  requests: 9,
  hitRate: 0.5,
  saved: 5,
  quotaUnits: 4,
  fallbacks: 0,
  errors: 0,
  avgMs: 12,
  lastSeen: NOW,
};
const window = { from: NOW - 1000, to: NOW };
const CAUSE = {
  kind: "denial",
  code: "repo_not_public",
  says: "The repository is not proven public.",
  requests: 3,
  lastSeen: NOW,
  routes: [{ routeKind: "repo_view", requests: 3 }],
};
const USER = {
  callerId: "gh_1",
  login: "bob",
  requests: 9,
  saved: 5,
  fallbacks: 0,
  errors: 0,
  quotaUnits: 4,
  lastSeen: NOW,
  hitRate: 0.5,
  share: 1,
};
const ACT = {
  id: 1,
  at: NOW,
  actor: "lena",
  action: "identity.pause",
  subject: "pat_bob",
  changes: [{ field: "status", before: "active", after: "paused" }],
  requestId: "r",
};

const routes = (...rows: readonly object[]): Answers => ({
  "routes.list": () => ({ now: NOW, rows, next: null, unclassified: 2 }),
});
const usage = (full: boolean): Answers => ({
  "usage.patterns": () => ({ ...window, rows: full ? [PATTERN] : [], next: null, total: full ? 1 : 0, cut: full }),
  "usage.causes": () => ({ ...window, rows: full ? [CAUSE] : [], next: null, requests: 12, refused: full ? 3 : 0 }),
  "usage.callers": () => ({ ...window, rows: full ? [USER] : [], next: null, total: full ? 1 : 0 }),
});
const log = (...rows: readonly object[]): Answers => ({ "adminLog.list": () => ({ now: NOW, rows, next: null }) });

const every = (answers: Answers, answer: () => unknown): Answers =>
  Object.fromEntries(Object.keys(answers).map((name) => [name, answer]));

interface Case {
  readonly name: string;
  readonly page: Component;
  readonly path: string;
  readonly full: Answers;
  readonly shows: readonly string[];
  readonly empty: { readonly answers: Answers; readonly path: string; readonly says: string };
  readonly fails: string;
}

const CASES: readonly Case[] = [
  {
    name: "routes",
    page: Routes,
    path: "/routes",
    full: routes(ROUTE, LOGS),
    shows: ["pr_view", "allow_logs", "2 of 2 kinds", "kept 1 h"],
    empty: { answers: routes(ROUTE), path: "/routes?q=nothing-like-it", says: "No kind matches" },
    fails: "The catalogue could not be read",
  },
  {
    name: "usage",
    page: UsageRoom,
    path: "/usage",
    full: usage(true),
    shows: [
      "/repos/acme/widget/pulls/{number}",
      "repo_not_public",
      "bob",
      "There are more patterns than can be told apart.",
    ],
    empty: { answers: usage(false), path: "/usage", says: "No requests in this window" },
    fails: "The patterns could not be read",
  },
  {
    name: "audit log",
    page: AuditLog,
    path: "/audit-log",
    full: log(ACT),
    shows: ["Paused", "pat_bob", "active", "paused"],
    empty: { answers: log(), path: "/audit-log", says: "No act yet" },
    fails: "The audit log could not be read",
  },
];

describe.each(CASES)("the $name room", ({ page, path, full, shows, empty, fails }) => {
  it("shows its shape while it loads", async () => {
    openRoom(page, path, every(full, waiting));
    expect((await screen.findAllByRole("status", { name: "Loading" })).length).toBeGreaterThan(0);
  });

  it("says which nothing there is", async () => {
    openRoom(page, empty.path, empty.answers);
    expect(await screen.findByText(empty.says)).toBeDefined();
  });

  it("says what failed, with its id, and goes on when asked again", async () => {
    const server = openRoom(
      page,
      path,
      every(full, () => {
        throw new Refusal("internal_error", "Something unexpected went wrong.");
      }),
    );
    await waitFor(() => expect(screen.getAllByRole("alert")[0]?.textContent).toContain(fails));
    expect(screen.getAllByText("internal_error, req-1").length).toBeGreaterThan(0);
    for (const [name, answer] of Object.entries(full)) server.on(name, answer);
    for (const retry of screen.getAllByRole("button", { name: "Retry" })) fireEvent.click(retry);
    expect((await screen.findAllByText(shows[0] ?? "")).length).toBeGreaterThan(0);
  });

  it("shows everything it is given", async () => {
    openRoom(page, path, full);
    for (const text of shows) expect((await screen.findAllByText(text)).length).toBeGreaterThan(0);
  });
});

describe("filters", () => {
  it.each([
    { query: "q=logs", kinds: ["job_logs"] },
    { query: "via=anonymous", kinds: ["pr_view"] },
    { query: "asked=no", kinds: ["job_logs"] },
    { query: "asked=yes", kinds: ["pr_view"] },
    { query: "family=Pull%20requests", kinds: ["pr_view", "job_logs"] },
    { query: "resource=search", kinds: [] },
  ])("of the catalogue: $query", async ({ query, kinds }) => {
    openRoom(Routes, `/routes?${query}`, routes(LOGS, ROUTE));
    await screen.findByText(`${kinds.length} of 2 kinds`);
    const shown = ["pr_view", "job_logs"].filter((kind) => screen.queryByRole("link", { name: kind }) !== null);
    expect(shown).toEqual(kinds);
  });

  it("of the audit log are in the address, and go to the server", async () => {
    const server = openRoom(AuditLog, "/audit-log?actor=lena&action=identity&since=24h&q=pat", log());
    expect(await screen.findByText("No act matches")).toBeDefined();
    expect(server.inputsOf("adminLog.list")[0]).toEqual({
      pool: "maintainers",
      actor: "lena",
      action: "identity",
      text: "pat",
      window: "24h",
      limit: 50,
    });
    fireEvent.click(await button("Clear filters"));
    await waitFor(() => expect(server.inputsOf("adminLog.list").at(-1)).toEqual({ pool: "maintainers", limit: 50 }));
  });

  it("of usage look back seven days unless said", async () => {
    const server = openRoom(UsageRoom, "/usage?q=pulls", usage(true));
    await screen.findByText("bob");
    expect(server.inputsOf("usage.patterns")[0]).toMatchObject({ window: "7d", text: "pulls" });
    fireEvent.click(await button("30 d"));
    await waitFor(() => expect(server.inputsOf("usage.causes").at(-1)).toMatchObject({ window: "30d" }));
  });
});
