import { fireEvent, screen, waitFor } from "@solidjs/testing-library";
import { describe, expect, it } from "vitest";
import type { CallersView, CallerView } from "../../../shared/dashboard/callers.ts";
import Callers from "../../../web/pages/callers.tsx";
import { Refusal } from "../support/fake-server.ts";
import { button, NOW, openRoom, waiting } from "../support/room.tsx";

const USE = { requests: 40, saved: 30, fallbacks: 2, errors: 0, quotaUnits: 10, lastSeen: NOW - 60_000 };

function aCaller(login: string, changes: Partial<CallerView> = {}): CallerView {
  return {
    ...USE,
    id: `gh_${login.length}`,
    login,
    name: login,
    isOperator: false,
    isSelf: false,
    disabledAt: null,
    membershipDeniedAt: null,
    membershipVerifiedAt: NOW,
    createdAt: NOW,
    grants: [
      { pool: "maintainers", granted: true },
      { pool: "second", granted: false },
    ],
    holdsOtherPools: false,
    clients: [{ ...USE, name: "laptop", createdAt: NOW }],
    topRoutes: [{ routeKind: "pr_view", requests: 12 }],
    ...changes,
  };
}

const view = (...rows: readonly CallerView[]): CallersView => ({ now: NOW, rows, next: null, cut: false });
const open = (list: () => unknown, more: Record<string, (input: never) => unknown> = {}, path = "/callers") =>
  openRoom(Callers, path, { "callers.list": list, ...more });

describe("the callers room", () => {
  it("shows its shape while it loads", async () => {
    open(waiting);
    expect(await screen.findByRole("status", { name: "Loading" })).toBeDefined();
  });

  it("says what to do where nobody may use the pool", async () => {
    open(() => view());
    expect(await screen.findByText("Nobody may use this pool yet")).toBeDefined();
  });

  it("says that a filter hides everybody, and takes it away", async () => {
    const server = open(() => view(), {}, "/callers?q=zed");
    fireEvent.click(await button("Clear the filter"));
    await waitFor(() => expect(server.inputsOf("callers.list").at(-1)).toMatchObject({ text: "", window: "7d" }));
  });

  it("says what failed", async () => {
    open(() => {
      throw new Refusal("internal_error", "Something unexpected went wrong.");
    });
    expect((await screen.findByRole("alert")).textContent).toContain("Callers could not be read");
  });

  it("lists callers, and says where the smallest parts are missing", async () => {
    open(() => ({
      ...view(aCaller("bob"), aCaller("lena", { isSelf: true, isOperator: true, requests: 0, lastSeen: null })),
      cut: true,
    }));
    expect(await screen.findByText("There was more use than can be told apart.")).toBeDefined();
    const rows = screen.getAllByRole("row").map(({ textContent }) => textContent ?? "");
    expect(rows[1]).toMatch(/^bob.*40.*75\.0%/);
    expect(rows[2]).toMatch(/^lenayouoperatornot in this window/);
  });

  it("opens one beside the list, in the address", async () => {
    open(() => view(aCaller("bob")));
    fireEvent.click(await button("bob"));
    expect((await screen.findByRole("complementary", { name: "Caller bob" })).textContent).toContain("laptop");
    await waitFor(() => expect(location.search).toContain("caller=gh_3"));
    fireEvent.click(screen.getByRole("button", { name: "Close" }));
    await waitFor(() => expect(location.search).not.toContain("caller="));
  });

  it.each([
    {
      first: "Disable",
      deed: "Disable bob",
      says: /The one client and every session of bob stop working at once/,
      procedure: "callers.disable",
      input: {},
    },
    {
      first: /^Revoke$/,
      deed: "Revoke laptop",
      says: /The token of this client stops working/,
      procedure: "callers.revokeClient",
      input: { clientName: "laptop" },
    },
  ])("takes a second step before $deed", async ({ first, deed, says, procedure, input }) => {
    const server = open(() => view(aCaller("bob")), { [procedure]: () => undefined }, "/callers?caller=gh_3");
    await screen.findByRole("complementary", { name: "Caller bob" });
    const [lever] = screen.getAllByRole("button", { name: first });
    if (lever === undefined) throw new Error("no lever");
    fireEvent.click(lever);
    expect((await screen.findByRole("alertdialog")).textContent).toMatch(says);
    expect(server.inputsOf(procedure)).toEqual([]);
    fireEvent.click(await button(deed));
    await waitFor(() =>
      expect(server.inputsOf(procedure)).toEqual([{ pool: "maintainers", callerId: "gh_3", ...input }]),
    );
  });

  it("keeps the second step open where it is refused", async () => {
    const refuse = () => {
      throw new Refusal("caller_elsewhere", "That caller also holds pools that you do not.");
    };
    open(() => view(aCaller("bob", { holdsOtherPools: true })), { "callers.disable": refuse }, "/callers?caller=gh_3");
    fireEvent.click(await button("Disable"));
    fireEvent.click(await button("Disable bob"));
    expect(await screen.findByText(/That caller also holds pools/)).toBeDefined();
    expect(screen.getByRole("alertdialog")).toBeDefined();
  });

  it("grants a pool of the operator's", async () => {
    const server = open(() => view(aCaller("bob")), { "callers.setGrant": () => undefined }, "/callers?caller=gh_3");
    fireEvent.click(await button("Grant"));
    await waitFor(() =>
      expect(server.inputsOf("callers.setGrant")).toEqual([
        { pool: "maintainers", callerId: "gh_3", grantPool: "second", granted: true },
      ]),
    );
  });

  it("offers an operator nothing that would take his own access", async () => {
    open(() => view(aCaller("bob", { isSelf: true })), {}, "/callers?caller=gh_3");
    await screen.findByRole("complementary", { name: "Caller bob" });
    expect(screen.queryByRole("button", { name: "Disable" })).toBeNull();
  });

  it("shows a new token once", async () => {
    const made = { login: "bob", clientName: "ci", token: "op_the-only-time" };
    const server = open(() => view(), { "callers.provision": () => made });
    const [lever] = await screen.findAllByRole("button", { name: "Let somebody in" });
    if (lever === undefined) throw new Error("no lever");
    fireEvent.click(lever);
    fireEvent.input(await screen.findByLabelText("GitHub login"), { target: { value: "bob" } });
    const form = screen.getByLabelText("GitHub login").closest("form");
    if (form === null) throw new Error("no form");
    fireEvent.submit(form);
    expect(await screen.findByText("op_the-only-time")).toBeDefined();
    expect(server.inputsOf("callers.provision")).toEqual([{ pool: "maintainers", login: "bob" }]);
    fireEvent.click(screen.getByText("I have it"));
    await waitFor(() => expect(screen.queryByText("op_the-only-time")).toBeNull());
  });
});
