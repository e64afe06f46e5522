/** The traffic loading, empty, filtered away, failing, paused and full, and one row's way. */
import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { NO_COUNTS } from "../../../shared/dashboard/status.ts";
import type { TrafficCounts, TrafficDetail, TrafficPage, TrafficRow } from "../../../shared/dashboard/traffic.ts";
import { curlOf } from "../../../web/pages/curl.ts";
import Traffic from "../../../web/pages/traffic.tsx";
import { FakeServer, gate, Refusal } from "../support/fake-server.ts";
import { aStanding, ME, NOW, renderRoom } from "../support/render.tsx";

function aRow(id: number, changes: Partial<TrafficRow> = {}): TrafficRow {
  return {
    id,
    at: NOW - id * 1_000,
    requestId: `req-${id}`,
    callerId: "gh_1",
    caller: "mona",
    client: "laptop",
    kind: "pr_view",
    path: "/repos/acme/engine/pulls/{number}",
    answer: "hit",
    why: "",
    status: 200,
    identity: "",
    backend: "",
    units: 0,
    isCoalesced: false,
    ms: 4,
    ...changes,
  };
}

const aPage = (rows: readonly TrafficRow[], changes: Partial<TrafficPage> = {}): TrafficPage => {
  return { now: NOW, rows, next: null, lookedTo: null, ...changes };
};
const COUNTS: TrafficCounts = {
  counts: { ...NO_COUNTS, hit: 10, miss: 2 },
  options: {
    callers: [{ value: "gh_1", label: "mona" }],
    clients: [],
    kinds: [],
    identities: [],
    backends: [],
    reasons: [],
  },
};
const DETAIL: TrafficDetail = {
  row: aRow(2, { answer: "miss", why: "expired", identity: "pat_alice", units: 1, ms: 374 }),
  verdict: "Missed: the stored copy is past its end. Answered by pat_alice in 374 ms.",
  stages: [
    { id: "policy", name: "Policy", words: "the pool allows it", from: 1, to: 1, tone: "plain", isAfter: false },
  ],
  calls: 1,
};

let server: FakeServer;
beforeEach(() => {
  server = new FakeServer({
    "session.me": () => ME,
    "overview.standing": () => aStanding(),
    "traffic.list": () => aPage([aRow(1), aRow(2, { answer: "miss", why: "expired", identity: "pat_alice" })]),
    "traffic.counts": () => COUNTS,
    "traffic.newer": () => ({ count: 61, isMore: false }),
    "traffic.one": () => DETAIL,
  });
});

const filtersAsked = () => server.inputsOf("traffic.list").map((input) => (input as { filters: unknown }).filters);

it("shows its skeleton until the rows are there", async () => {
  const rows = gate<TrafficPage>();
  server.on("traffic.list", () => rows.wait);
  renderRoom(Traffic, "/traffic?pool=maintainers");
  expect(await screen.findByLabelText("Loading rows")).toBeTruthy();
  rows.open(aPage([aRow(1)]));
  expect(await screen.findByText("pr_view")).toBeTruthy();
});

it("shows who asked what, how it was answered and why", async () => {
  renderRoom(Traffic, "/traffic?pool=maintainers");
  const table = await screen.findByRole("table");
  const text = within(table)
    .getAllByRole("row")
    .map(({ textContent }) => textContent ?? "");
  expect(text[1]).toMatch(/mona.*laptop.*pr_view.*acme\/engine.*Hit.*cache/);
  expect(text[2]).toMatch(/Miss.*expired.*pat_alice/);
  expect(await screen.findByText(/12.*rows/)).toBeTruthy();
});

describe("filters", () => {
  it("come from the address, every one of them", async () => {
    const query =
      "answer=miss,stale&caller=gh_1&client=ci&kind=pr_view&status=200&identity=pat_a&backend=github_api&reason=x&spent=yes&slower=300&q=acme";
    renderRoom(Traffic, `/traffic?pool=maintainers&${query}`);
    await screen.findByRole("table");
    expect(filtersAsked()).toEqual([
      {
        answers: ["stale", "miss"],
        caller: "gh_1",
        client: "ci",
        kind: "pr_view",
        status: 200,
        identity: "pat_a",
        backend: "github_api",
        reason: "x",
        spent: "yes",
        slower: 300,
        text: "acme",
      },
    ]);
  });

  it("that the address says wrongly narrow nothing", async () => {
    renderRoom(Traffic, "/traffic?pool=maintainers&status=abc&backend=nowhere&spent=maybe&slower=-1");
    await screen.findByRole("table");
    expect(filtersAsked()).toEqual([{}]);
  });

  it("are taken away by their chip", async () => {
    renderRoom(Traffic, "/traffic?pool=maintainers&caller=gh_1");
    fireEvent.click(await screen.findByRole("button", { name: "Remove filter caller mona" }));
    await waitFor(() => expect(filtersAsked().at(-1)).toEqual({}));
    expect(location.search).toBe("?pool=maintainers");
  });

  it("by answer are set by the legend", async () => {
    renderRoom(Traffic, "/traffic?pool=maintainers");
    fireEvent.click(await screen.findByRole("button", { name: /^Hit 10/ }));
    await waitFor(() =>
      expect(filtersAsked().at(-1)).toEqual({
        answers: ["revalidated", "stale", "miss", "bypass", "fallback", "error"],
      }),
    );
  });

  it("by text wait for the end of typing, and / focuses them", async () => {
    renderRoom(Traffic, "/traffic?pool=maintainers");
    await screen.findByRole("table");
    fireEvent.keyDown(document.body, { key: "/" });
    const box = screen.getByRole("searchbox");
    expect(document.activeElement).toBe(box);
    fireEvent.input(box, { target: { value: "engine" } });
    fireEvent.keyDown(box, { key: "Enter" });
    await waitFor(() => expect(filtersAsked().at(-1)).toEqual({ text: "engine" }));
  });
});

describe("without rows", () => {
  it("says what to do next", async () => {
    server.on("traffic.list", () => aPage([]));
    renderRoom(Traffic, "/traffic?pool=maintainers");
    expect(await screen.findByText("No requests in this window")).toBeTruthy();
    expect(screen.getByText(/octopool login/)).toBeTruthy();
  });

  it("under filters, offers to clear them", async () => {
    server.on("traffic.list", () => aPage([]));
    renderRoom(Traffic, "/traffic?pool=maintainers&answer=error&q=x");
    expect(await screen.findByText("No rows match")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Clear filters" }));
    await waitFor(() => expect(location.search).toBe("?pool=maintainers"));
  });

  it("after a long search, says how far it looked and goes on", async () => {
    server.on("traffic.list", (({ cursor }: { cursor?: string }) =>
      cursor === undefined ? aPage([], { next: "9.9", lookedTo: NOW - 60_000 }) : aPage([aRow(7)])) as never);
    renderRoom(Traffic, "/traffic?pool=maintainers&q=rare");
    expect(await screen.findByText(/No row matches back to/)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Look further back" }));
    expect(await screen.findByText("pr_view")).toBeTruthy();
  });
});

it("says what failed, with the request's id, and tries again", async () => {
  server.on("traffic.list", () => {
    throw new Refusal("internal_error", "Something unexpected went wrong.");
  });
  renderRoom(Traffic, "/traffic?pool=maintainers");
  const problem = await screen.findByRole("alert");
  expect(problem.textContent).toContain("internal_error, req-1");
  server.on("traffic.list", () => aPage([aRow(1)]));
  fireEvent.click(within(problem).getByRole("button", { name: "Retry" }));
  expect(await screen.findByText("pr_view")).toBeTruthy();
});

it("pauses by p, says how many rows wait, and resumes", async () => {
  renderRoom(Traffic, "/traffic?pool=maintainers");
  await screen.findByRole("table");
  fireEvent.keyDown(document.body, { key: "p" });
  expect(await screen.findByText(/61 newer rows wait; nothing is lost/)).toBeTruthy();
  const asked = server.inputsOf("traffic.list").length;
  fireEvent.click(screen.getByRole("button", { name: /^Resume p/ }));
  await waitFor(() => expect(server.inputsOf("traffic.list").length).toBe(asked + 1));
  expect(screen.queryByText(/newer rows wait/)).toBeNull();
});

it("does not move its rows under the pointer, and says that there are newer ones", async () => {
  renderRoom(Traffic, "/traffic?pool=maintainers");
  const table = await screen.findByRole("table");
  fireEvent.pointerEnter(table.parentElement as HTMLElement);
  expect(await screen.findByRole("button", { name: "61 newer" })).toBeTruthy();
});

describe("a row", () => {
  it("opens its way, which the address keeps", async () => {
    renderRoom(Traffic, "/traffic?pool=maintainers");
    fireEvent.click((await screen.findAllByRole("button", { name: "pr_view" }))[1] as HTMLElement);
    const drawer = await screen.findByRole("complementary", { name: "Decision trail" });
    expect(await within(drawer).findByText(/Answered by pat_alice in 374 ms/)).toBeTruthy();
    expect(within(drawer).getByRole("list", { name: "Decision trail" }).textContent).toContain("the pool allows it");
    expect(location.search).toContain("row=2");
    fireEvent.keyDown(document.body, { key: "k" });
    await waitFor(() => expect(location.search).toContain("row=1"));
    fireEvent.keyDown(document.body, { key: "Escape" });
    await waitFor(() => expect(location.search).not.toContain("row="));
  });

  it("that is gone says so", async () => {
    server.on("traffic.one", () => {
      throw new Refusal("not_found", "There is no such row; they are kept for 30 days.");
    });
    renderRoom(Traffic, "/traffic?pool=maintainers&row=5");
    expect(await screen.findByText(/they are kept for 30 days/)).toBeTruthy();
  });
});

it("a question as curl holds no token, and is safe to paste", () => {
  const text = curlOf("https://o.example", "p", "/repos/a'b/c");
  expect(text).toContain("$OCTOPOOL_TOKEN");
  expect(text).toContain(`"path":"/repos/a'\\''b/c"`);
});

it("exports page after page what the filters leave", async () => {
  const saved: string[] = [];
  vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
    void (blob as Blob).text().then((text) => saved.push(text));
    return "blob:x";
  });
  server.on("traffic.list", (({ cursor }: { cursor?: string }) =>
    cursor === undefined ? aPage([aRow(1, { client: "=evil" })], { next: "1.1" }) : aPage([aRow(2)])) as never);
  const { exportTraffic } = await import("../../../web/pages/traffic-export.ts");
  const done = await exportTraffic({ pool: "maintainers", window: "1h", filters: { answers: ["hit"] } }, "csv");
  expect(done).toEqual({ rows: 2, isCut: false });
  await waitFor(() => expect(saved).toHaveLength(1));
  expect(saved[0]?.split("\r\n")).toHaveLength(4);
  expect(saved[0]).toContain(",'=evil,");
  vi.restoreAllMocks();
});
