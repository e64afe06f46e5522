/** The overview loading, empty, failing, partial and full. The chart itself is drawn in a real browser's tests. */
import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { NO_COUNTS } from "../../../shared/dashboard/status.ts";
import Overview from "../../../web/pages/overview.tsx";
import { FakeServer, gate, Refusal } from "../support/fake-server.ts";
import { aStanding, aUsage, ME, NOW, renderRoom } from "../support/render.tsx";

vi.mock("../../../web/ui/status-chart.tsx", () => ({
  default: (props: { label: string }) => <p>{props.label}</p>,
}));

const COUNTS = { ...NO_COUNTS, hit: 70, revalidated: 8, stale: 2, miss: 20, fallback: 3 };
const FULL = aUsage({
  now: { counts: COUNTS, saved: 82, units: 21, p50: 6, p95: 312 },
  before: { counts: { ...NO_COUNTS, hit: 90, miss: 10 }, saved: 90, units: 10, p50: 5, p95: 268 },
  routes: [{ id: "pr_view", counts: COUNTS }],
  routeKinds: 1,
  troubles: [
    {
      id: "fallback search_denied",
      status: "fallback",
      code: "search_denied",
      requests: 3,
      kinds: ["search_issues"],
      lastAt: NOW - 5_000,
    },
  ],
  acts: [{ id: 1, at: NOW - 9_000, actor: "mona", action: "cache.purge", subject: "repo:acme/engine" }],
});

let server: FakeServer;
beforeEach(() => {
  server = new FakeServer({
    "session.me": () => ME,
    "overview.standing": () => aStanding(),
    "overview.usage": () => FULL,
  });
});

const link = (name: RegExp) => screen.getByRole("link", { name }).getAttribute("href");

it("shows its skeleton until the usage is there", async () => {
  const usage = gate<typeof FULL>();
  server.on("overview.usage", () => usage.wait);
  renderRoom(Overview, "/?pool=maintainers");
  expect(await screen.findByLabelText("Loading the overview")).toBeTruthy();
  usage.open(FULL);
  await screen.findByText("Eligible hit rate");
  expect(screen.queryByLabelText("Loading the overview")).toBeNull();
});

describe("full", () => {
  it("shows figures beside the window before, each a way to its rows", async () => {
    renderRoom(Overview, "/?pool=maintainers&window=24h");
    await screen.findByText("Eligible hit rate");
    expect(link(/^Requests/)).toBe("/dashboard/traffic?pool=maintainers&window=24h");
    expect(link(/^Eligible hit rate/)).toContain("answer=hit%2Crevalidated%2Cstale");
    expect(link(/^Fallbacks/)).toContain("answer=fallback");
    expect(screen.getByRole("link", { name: /^Eligible hit rate/ }).textContent).toContain("80.0%");
    expect(screen.getByRole("link", { name: /^Duration/ }).textContent).toContain("was 268");
    expect(server.inputsOf("overview.usage")).toEqual([{ pool: "maintainers", window: "24h" }]);
  });

  it("shows routes, problems and what operators did, newest first", async () => {
    renderRoom(Overview, "/?pool=maintainers");
    const feed = await screen.findByRole("region", { name: "Latest problems" });
    const items = within(feed)
      .getAllByRole("listitem")
      .map(({ textContent }) => textContent ?? "");
    expect(items[0]).toContain("3 fallbacks, search_denied");
    expect(items[1]).toContain("mona purged");
    expect(link(/^pr_view$/)).toContain("kind=pr_view");
  });

  it("tells the chart in words", async () => {
    renderRoom(Overview, "/?pool=maintainers");
    expect(await screen.findByText(/Answers of 1 h, stacked by cache status: hit 70, revalidated 8/)).toBeTruthy();
  });

  it("keeps what the legend hides in the address", async () => {
    renderRoom(Overview, "/?pool=maintainers");
    fireEvent.click(await screen.findByRole("button", { name: /^Miss/ }));
    await waitFor(() => expect(location.search).toContain("hide=miss"));
    expect(screen.getByRole("button", { name: /^Miss/ }).getAttribute("aria-pressed")).toBe("false");
  });

  it("changes the window in the address, and asks for it", async () => {
    renderRoom(Overview, "/?pool=maintainers");
    fireEvent.click(await screen.findByRole("button", { name: "7 d" }));
    await waitFor(() =>
      expect(server.inputsOf("overview.usage")).toContainEqual({ pool: "maintainers", window: "7d" }),
    );
    expect(location.search).toContain("window=7d");
  });
});

it("is empty with a next step", async () => {
  server.on("overview.usage", () => aUsage());
  renderRoom(Overview, "/?pool=maintainers");
  expect(await screen.findByText("No requests in this window")).toBeTruthy();
  expect(screen.getByText("No problems in this window")).toBeTruthy();
  expect(await screen.findByText("No identity yet")).toBeTruthy();
});

it("says what failed, with the request's id, and tries again", async () => {
  server.on("overview.usage", () => {
    throw new Refusal("internal_error", "Something unexpected went wrong.");
  });
  renderRoom(Overview, "/?pool=maintainers");
  const problem = await screen.findByRole("alert");
  expect(problem.textContent).toContain("internal_error, req-1");
  server.on("overview.usage", () => FULL);
  fireEvent.click(within(problem).getByRole("button", { name: "Retry" }));
  expect(await screen.findByText("Eligible hit rate")).toBeTruthy();
});

it("keeps showing the usage where the identities cannot be read", async () => {
  server.on("overview.standing", () => {
    throw new Refusal("internal_error", "No.");
  });
  renderRoom(Overview, "/?pool=maintainers");
  expect(await screen.findByText("The identities could not be read")).toBeTruthy();
  expect(await screen.findByText("Eligible hit rate")).toBeTruthy();
});

it("names the rows that are missing", async () => {
  server.on("overview.usage", () => aUsage({ lostRows: 1200 }));
  renderRoom(Overview, "/?pool=maintainers");
  expect(await screen.findByText(/1.200 rows are missing/)).toBeTruthy();
});

describe("the shell", () => {
  it("says which pool an operator does not hold, and shows the way to one he does", async () => {
    renderRoom(Overview, "/?pool=other");
    expect(await screen.findByText("You do not hold other")).toBeTruthy();
    expect(screen.getByRole("link", { name: "Open maintainers" }).getAttribute("href")).toBe(
      "/dashboard?pool=maintainers",
    );
    expect(server.inputsOf("overview.usage")).toEqual([]);
  });

  it("says so to an operator without a pool", async () => {
    server.on("session.me", () => ({ ...ME, pools: [] }));
    renderRoom(Overview, "/");
    expect(await screen.findByText("You hold no pool")).toBeTruthy();
  });

  it("takes the first pool where the address names none", async () => {
    renderRoom(Overview, "/");
    await screen.findByText("Eligible hit rate");
    expect(server.inputsOf("overview.usage")).toEqual([{ pool: "maintainers", window: "1h" }]);
  });

  it("leads to sign in where the session has ended, and back to this view", async () => {
    const assign = vi.spyOn(location, "assign").mockImplementation(() => {});
    server.on("session.me", () => {
      throw new Refusal("session_required", "Your session has ended.");
    });
    renderRoom(Overview, "/?pool=maintainers&window=7d");
    await waitFor(() =>
      expect(assign).toHaveBeenCalledWith("/login/github?next=%2Fdashboard%2F%3Fpool%3Dmaintainers%26window%3D7d"),
    );
    assign.mockRestore();
  });
});
