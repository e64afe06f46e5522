import { fireEvent, screen, waitFor } from "@solidjs/testing-library";
import { describe, expect, it } from "vitest";
import type { IdentitiesView, IdentityCheck, IdentityView } from "../../../shared/dashboard/identities.ts";
import Identities from "../../../web/pages/identities.tsx";
import { Refusal } from "../support/fake-server.ts";
import { button, NOW, openRoom, waiting } from "../support/room.tsx";

const HOUR = 3_600_000;

function anIdentity(id: string, changes: Partial<IdentityView> = {}): IdentityView {
  return {
    id,
    kind: "pat",
    login: "alice",
    status: "active",
    weight: 100,
    publicOnly: false,
    installationId: null,
    scopes: [{ owner: "*", repo: null, allowPrivate: false }],
    secretRef: "PAT_ALICE",
    secretPresent: true,
    problem: null,
    standing: {
      inFlight: 2,
      mostInFlight: 20,
      resources: [
        {
          resource: "core",
          limit: 5000,
          remaining: 3288,
          resetAt: NOW + HOUR,
          readAt: NOW,
          burnPerMinute: 10,
          goes: 600,
          dry: null,
        },
      ],
      cooldowns: [],
      leases: [{ route: "pr_view acme/widget", until: NOW + 60_000 }],
      lastError: null,
    },
    lastHour: { requests: 5, units: 120, share: 0.4, burnPerMinute: 4 },
    ...changes,
  };
}

const view = (...rows: readonly IdentityView[]): IdentitiesView => ({
  now: NOW,
  rows,
  next: null,
  coordinatorAnswered: true,
});
const open = (list: () => unknown, more: Record<string, (input: never) => unknown> = {}) =>
  openRoom(Identities, "/identities", { "identities.list": list, ...more });

describe("the identities room", () => {
  it("shows its shape while it loads", async () => {
    open(waiting);
    expect(await screen.findByRole("status", { name: "Loading" })).toBeDefined();
  });

  it("says what to do where there is none", async () => {
    open(() => view());
    expect(await screen.findByText("No identity in this pool yet")).toBeDefined();
    expect(await button("Add identity")).toBeDefined();
  });

  it("says what happened, with the request's id, and asks again", async () => {
    const server = open(() => {
      throw new Refusal("internal_error", "Something unexpected went wrong.");
    });
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("Identities could not be read");
    expect(alert.textContent).toContain("internal_error, req-1");
    server.on("identities.list", () => view(anIdentity("pat_alice")));
    fireEvent.click(await button("Retry"));
    expect(await screen.findByRole("heading", { name: "pat_alice" })).toBeDefined();
  });

  it("tells trouble first, in one sentence and block by block", async () => {
    const standing = anIdentity("x").standing;
    if (standing === null) throw new Error("no standing");
    open(() =>
      view(
        anIdentity("pat_able"),
        anIdentity("pat_keyless", {
          secretPresent: false,
          problem: { code: "identity_secret_missing", says: "Store it.", githubStatus: null },
        }),
        anIdentity("pat_tired", {
          standing: {
            ...standing,
            cooldowns: [{ scope: "identity", on: "pat_tired", cause: "retry_after", until: NOW + 600_000 }],
          },
        }),
      ),
    );
    expect((await screen.findByRole("region", { name: "Health" })).textContent).toMatch(
      /1 of 3 identities can serve core; pat_tired rests \d+:\d\d more, pat_keyless has no secret\./,
    );
    const names = screen.getAllByRole("heading", { level: 3 }).map(({ textContent }) => textContent);
    expect(names).toEqual(["pat_tired", "pat_keyless", "pat_able"]);
    expect(screen.getByText("GitHub said how long to wait.")).toBeDefined();
    expect(screen.getAllByText("pr_view acme/widget").length).toBe(3);
  });

  it("goes on where the coordinator does not answer, and says that readings are missing", async () => {
    open(() => ({ ...view(anIdentity("pat_alice", { standing: null })), coordinatorAnswered: false }));
    expect(await screen.findByText("Standings are missing:")).toBeDefined();
    expect(screen.getByText("Standing not known")).toBeDefined();
    expect(screen.getAllByText("no reading").length).toBeGreaterThan(0);
  });

  it("pauses and says so", async () => {
    const server = open(() => view(anIdentity("pat_alice")), { "identities.pause": () => undefined });
    fireEvent.click(await button("Pause"));
    expect(await screen.findByText("pat_alice is paused")).toBeDefined();
    expect(server.inputsOf("identities.pause")).toEqual([{ pool: "maintainers", identityId: "pat_alice" }]);
    await waitFor(() => expect(server.inputsOf("identities.list").length).toBeGreaterThan(1));
  });

  it.each([
    {
      name: "accepted without scopes",
      check: { kind: "accepted", tookMs: 30, scopes: [], publicOnlyConfirmed: true, rates: [] },
      says: /it sees nothing private/,
    },
    {
      name: "accepted, scopes not shown",
      check: { kind: "accepted", tookMs: 30, scopes: null, publicOnlyConfirmed: false, rates: [] },
      says: /what it may see is not known/,
    },
    {
      name: "refused",
      check: { kind: "refused", tookMs: 30, githubStatus: 401, cause: "unauthorized" },
      says: /GitHub refused it: 401/,
    },
    { name: "unreachable", check: { kind: "unreachable", tookMs: 8000 }, says: /did not answer/ },
  ] satisfies { name: string; check: IdentityCheck; says: RegExp }[])(
    "shows a test's result: $name",
    async ({ check, says }) => {
      open(() => view(anIdentity("pat_alice")), { "identities.test": () => check });
      fireEvent.click(await button("Test now"));
      expect((await screen.findByText(says)).closest("output")).not.toBeNull();
    },
  );

  it("deletes only after the name was typed", async () => {
    const server = open(() => view(anIdentity("pat_alice")), { "identities.remove": () => undefined });
    fireEvent.click(await button("Delete"));
    const deed = (await button("Delete pat_alice")) as HTMLButtonElement;
    expect(deed.disabled).toBe(true);
    expect((await screen.findByRole("alertdialog")).textContent).toContain(
      "5 000 units an hour".replace(" ", "\u202f"),
    );
    fireEvent.input(await screen.findByLabelText(/Type pat_alice/), { target: { value: "pat_alice" } });
    fireEvent.click(deed);
    await waitFor(() => expect(server.inputsOf("identities.remove")).toHaveLength(1));
    await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
  });

  it.each([
    { deed: "Pause", procedure: "identities.pause", cooldowns: [] },
    {
      deed: "Clear cooldown",
      procedure: "identities.clearCooldowns",
      cooldowns: [{ scope: "identity", on: "pat_alice", cause: "retry_after", until: NOW + HOUR } as const],
    },
  ])("after $deed the navigation and the overview follow at once", async ({ deed, procedure, cooldowns }) => {
    const { standing } = anIdentity("pat_alice");
    if (standing === null) throw new Error("it stands nowhere");
    const rows = view(anIdentity("pat_alice", { standing: { ...standing, cooldowns } }));
    const server = open(() => rows, { [procedure]: () => undefined });
    const lever = await button(deed);
    const before = server.inputsOf("overview.standing").length;
    fireEvent.click(lever);
    await waitFor(() => expect(server.inputsOf(procedure)).toHaveLength(1));
    await waitFor(() => expect(server.inputsOf("overview.standing")).toHaveLength(before + 1));
  });

  it("adds one, keeping the form where it is refused", async () => {
    let refused = true;
    const server = open(() => view(), {
      "identities.put": () => {
        if (refused) throw new Refusal("secret_ref_elsewhere", "Another pool's identity uses that secret.");
        return { id: "pat_bob" };
      },
    });
    fireEvent.click(await button("Add identity"));
    for (const [label, value] of [
      [/^Id/, "pat_bob"],
      [/GitHub login/, "bob"],
      [/^Secret/, "PAT_BOB"],
      [/Scopes/, "acme/widget\nbeta private"],
    ] as const)
      fireEvent.input(await screen.findByLabelText(label), { target: { value } });
    const submit = screen.getByLabelText(/Scopes/).closest("form");
    if (submit === null) throw new Error("no form");
    fireEvent.submit(submit);
    expect((await screen.findByRole("alert")).textContent).toContain("secret_ref_elsewhere");
    refused = false;
    fireEvent.submit(submit);
    await waitFor(() => expect(screen.queryByText("Add an identity")).toBeNull());
    expect(server.inputsOf("identities.put").at(-1)).toEqual({
      pool: "maintainers",
      mode: "add",
      identity: {
        id: "pat_bob",
        kind: "pat",
        login: "bob",
        secret_ref: "PAT_BOB",
        weight: 100,
        public_only: false,
        scopes: [
          { owner: "acme", repo: "widget" },
          { owner: "beta", allow_private: true },
        ],
      },
    });
  });
});
