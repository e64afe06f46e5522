import { fireEvent, screen, waitFor } from "@solidjs/testing-library";
import { describe, expect, it } from "vitest";
import type { CacheEntryRow, CacheEntryView } from "../../../shared/dashboard/cache.ts";
import Cache from "../../../web/pages/cache.tsx";
import { Refusal } from "../support/fake-server.ts";
import { button, NOW, openRoom, waiting } from "../support/room.tsx";

const ROW: CacheEntryRow = {
  cacheKey: "abc",
  routeKind: "pr_view",
  path: "/repos/acme/widget/pulls/7",
  query: "",
  status: 200,
  bodyBytes: 2048,
  state: "fresh",
  fetchedAt: NOW - 5_000,
  freshUntil: NOW + 60_000,
  staleUntil: NOW + 600_000,
  filledBy: { kind: "identity", identityId: "pat_alice" },
};
const ENTRY: CacheEntryView = {
  ...ROW,
  now: NOW,
  repository: "acme/widget",
  swrUntil: NOW + 90_000,
  storedBytes: 800,
  isInBucket: false,
  validator: { name: "etag", value: '"one"' },
  contentType: "application/json",
  keys: [{ key: "pull:acme/widget#7", generation: 0, now: 5 }],
};
const KIND = { routeKind: "pr_view", entries: 3, fresh: 2, stale: 1, bodyBytes: 4096 };
const TOTALS = { now: NOW, entries: 3, fresh: 2, stale: 1, bodyBytes: 4096, kinds: [KIND] };
const FOUND = "/cache?by=repository&q=acme/widget";

const open = (path: string, answers: Record<string, (input: never) => unknown> = {}) =>
  openRoom(Cache, path, {
    "cache.totals": () => TOTALS,
    "cache.search": () => ({ now: NOW, rows: [ROW], next: null }),
    "cache.entry": () => ENTRY,
    "cache.countPurge": () => ({ keys: ["repo:acme/widget"], entries: 1184, fresh: 412, kinds: [] }),
    "cache.purge": () => ({ keys: ["repo:acme/widget"], entries: 1184, fresh: 412, kinds: [] }),
    ...answers,
  });

describe("the cache room", () => {
  it("shows its shape while it loads", async () => {
    open("/cache", { "cache.totals": waiting });
    expect(await screen.findByRole("status", { name: "Loading" })).toBeDefined();
  });

  it("says what to do while nothing is stored", async () => {
    open("/cache", { "cache.totals": () => ({ ...TOTALS, entries: 0, kinds: [] }) });
    expect(await screen.findByText("Nothing is stored yet")).toBeDefined();
  });

  it("says what failed", async () => {
    open("/cache", {
      "cache.totals": () => {
        throw new Refusal("internal_error", "Something unexpected went wrong.");
      },
    });
    expect((await screen.findByRole("alert")).textContent).toContain("The cache could not be counted");
  });

  it("counts what is stored, by kind", async () => {
    open("/cache");
    expect(await screen.findByRole("link", { name: "pr_view" })).toBeDefined();
    expect(screen.getByText("66.7%", { selector: "td" })).toBeDefined();
  });

  it("searches by what the address says", async () => {
    const server = open("/cache");
    fireEvent.click(await button("Path"));
    const box = await screen.findByPlaceholderText("/repos/owner/repo/pulls/7");
    fireEvent.input(box, { target: { value: " /repos/acme/widget/pulls/7 " } });
    fireEvent.click(await button("Find"));
    expect(await screen.findByRole("button", { name: "/repos/acme/widget/pulls/7" })).toBeDefined();
    expect(server.inputsOf("cache.search")).toEqual([
      { pool: "maintainers", target: { kind: "path", value: "/repos/acme/widget/pulls/7" } },
    ]);
    expect(new URLSearchParams(location.search).get("by")).toBe("path");
  });

  it("says that nothing was found, and leads back", async () => {
    open(FOUND, { "cache.search": () => ({ now: NOW, rows: [], next: null }) });
    fireEvent.click(await button("Back to the totals"));
    expect(await screen.findByRole("link", { name: "pr_view" })).toBeDefined();
  });

  it("shows a refused search with what was wrong", async () => {
    open("/cache?by=path&q=/nowhere", {
      "cache.search": () => {
        throw new Refusal("route_denied", "path: is not in the catalogue.");
      },
    });
    expect((await screen.findByRole("alert")).textContent).toContain("path: is not in the catalogue.");
  });

  it("opens an entry with its keys and who filled it", async () => {
    open(FOUND);
    fireEvent.click(await button("/repos/acme/widget/pulls/7"));
    const drawer = await screen.findByRole("complementary", { name: "Stored answer" });
    await waitFor(() => expect(drawer.textContent).toContain("pull:acme/widget#7"));
    expect(drawer.textContent).toMatch(/pat_alice.*"one".*never purged.*generation 5 now/);
    await waitFor(() => expect(location.search).toContain("entry=abc"));
  });

  it("purges only after saying how many", async () => {
    const server = open(FOUND);
    fireEvent.click(await button("Purge all of it"));
    const dialog = await screen.findByRole("alertdialog");
    await waitFor(() => expect(dialog.textContent).toContain("412 of them fresh"));
    expect(server.inputsOf("cache.purge")).toEqual([]);
    fireEvent.click(await button("Purge 1\u202f184 entries"));
    await waitFor(() =>
      expect(server.inputsOf("cache.purge")).toEqual([
        { pool: "maintainers", target: { kind: "repository", value: "acme/widget" } },
      ]),
    );
    expect(await screen.findByText(/1.184 entries of acme\/widget are purged/)).toBeDefined();
  });

  it("grows by pages", async () => {
    const server = open(FOUND, {
      "cache.search": ((input: { cursor?: string }) =>
        input.cursor === undefined
          ? { now: NOW, rows: [ROW], next: "7" }
          : { now: NOW, rows: [{ ...ROW, cacheKey: "d", path: "/repos/acme/widget" }], next: null }) as never,
    });
    fireEvent.click(await button("Show more"));
    expect(await screen.findByRole("button", { name: "/repos/acme/widget" })).toBeDefined();
    expect(screen.getByRole("button", { name: "/repos/acme/widget/pulls/7" })).toBeDefined();
    expect(server.inputsOf("cache.search").at(-1)).toMatchObject({ cursor: "7" });
  });
});
