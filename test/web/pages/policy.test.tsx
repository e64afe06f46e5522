import { fireEvent, screen, waitFor } from "@solidjs/testing-library";
import { describe, expect, it } from "vitest";
import type { PolicyValues, PolicyView, PreviewView } from "../../../shared/dashboard/policy.ts";
import Policy from "../../../web/pages/policy.tsx";
import { changedRules, draftOf, valuesOf } from "../../../web/pages/policy-draft.ts";
import { Refusal } from "../support/fake-server.ts";
import { button, NOW, openRoom, waiting } from "../support/room.tsx";

const VALUES: PolicyValues = {
  allowed_owners: ["acme", "beta"],
  allow_public_repos: true,
  allow_search: false,
  allow_logs: true,
  max_concurrent_per_caller: 16,
  fills_per_hour_per_caller: 600,
  negative_proofs_per_hour_per_caller: 60,
};
const VIEW: PolicyView = { now: NOW, policy: VALUES, version: 4, updatedAt: NOW, defaults: VALUES };
const PREVIEW: PreviewView = {
  from: 0,
  to: NOW,
  requests: 90,
  rows: [
    {
      effect: "refused",
      rule: "allow_logs",
      reason: "logs_denied",
      subject: {
        kind: "route",
        routeKind: "job_logs",
        pattern: "/repos/acme/widget/actions/jobs/{id}/logs",
      },
      requests: 12,
      latestAt: NOW,
    },
  ],
  totals: { refused: 12, admitted: 0, narrowed: 0, waits: 0 },
  unjudged: [
    { rule: "allow_search", why: "search_text", requests: 3 },
    { rule: "fills_per_hour_per_caller", why: "unnamed_budget", requests: 1 },
  ],
  cut: false,
  fillsSince: NOW - 3_600_000,
};
const VERSION = {
  eventId: 7,
  version: 3,
  at: NOW,
  actor: "lena",
  action: "saved",
  changes: [{ rule: "allow_logs", before: "false", after: "true" }],
  policy: VALUES,
} as const;

const open = (answers: Record<string, (input: never) => unknown> = {}) =>
  openRoom(Policy, "/policy", {
    "policy.get": () => VIEW,
    "policy.preview": () => PREVIEW,
    "policy.history": () => ({ rows: [VERSION], next: null }),
    ...answers,
  });

describe("the policy room", () => {
  it("shows its shape while it loads", async () => {
    open({ "policy.get": waiting });
    expect(await screen.findByRole("status", { name: "Loading" })).toBeDefined();
  });

  it("says what failed", async () => {
    open({
      "policy.get": () => {
        throw new Refusal("internal_error", "Something unexpected went wrong.");
      },
    });
    expect((await screen.findByRole("alert")).textContent).toContain("The policy could not be read");
  });

  it("says that an unreadable policy closes the pool, and offers a way to open it", async () => {
    const server = open({ "policy.get": () => ({ ...VIEW, policy: null }), "policy.save": () => VIEW });
    expect(await screen.findByText(/The pool is closed/)).toBeDefined();
    fireEvent.click(await button("Save version 5"));
    await waitFor(() =>
      expect(server.inputsOf("policy.save")).toEqual([{ pool: "maintainers", policy: VALUES, version: 4 }]),
    );
  });

  it("previews what an edit would have changed, then saves it", async () => {
    const server = open({ "policy.save": () => ({ ...VIEW, version: 5 }) });
    expect(await screen.findByText("Nothing to preview")).toBeDefined();
    fireEvent.click(await screen.findByLabelText(/Serve logs/));
    expect(await screen.findByText("12 would be refused, of 90 requests. 4 could not be judged.")).toBeDefined();
    expect(screen.getByText(/because what a search asks for is not kept, so whether its terms may pass/)).toBeDefined();
    expect(screen.getByText(/because the refusal does not say which budget was spent/)).toBeDefined();
    expect(screen.getByText(/judged by a part of the day/)).toBeDefined();
    expect(server.inputsOf("policy.preview")).toEqual([
      { pool: "maintainers", policy: { ...VALUES, allow_logs: false } },
    ]);
    fireEvent.click(await button("Save version 5"));
    expect(await screen.findByText("Version 5 of the policy holds")).toBeDefined();
    expect(server.inputsOf("policy.save")).toEqual([
      { pool: "maintainers", policy: { ...VALUES, allow_logs: false }, version: 4 },
    ]);
  });

  it("shows a refused policy by the member that is wrong, and loses nothing", async () => {
    open({
      "policy.save": () => {
        throw new Refusal("invalid_policy", "max_concurrent_per_caller: too small.");
      },
    });
    const input = await screen.findByLabelText<HTMLInputElement>(/Fetches at one time/);
    fireEvent.input(input, { target: { value: "0" } });
    expect(input.getAttribute("aria-invalid")).toBe("true");
    fireEvent.click(await button("Save version 5"));
    const alerts = await screen.findAllByRole("alert");
    expect(alerts.some(({ textContent }) => textContent?.includes("max_concurrent_per_caller: too small."))).toBe(true);
    expect(input.value).toBe("0");
  });

  it("replays nothing while a number is out of its limits", async () => {
    const server = open();
    const input = await screen.findByLabelText<HTMLInputElement>(/Fetches at one time/);
    fireEvent.input(input, { target: { value: "0" } });
    expect(await screen.findByText(/nothing is replayed until it is within them/)).toBeDefined();
    fireEvent.input(input, { target: { value: "20" } });
    expect(await screen.findByText("12 would be refused, of 90 requests. 4 could not be judged.")).toBeDefined();
    expect(server.inputsOf("policy.preview")).toEqual([
      { pool: "maintainers", policy: { ...VALUES, max_concurrent_per_caller: 20 } },
    ]);
  });

  it("discards what was edited", async () => {
    open();
    const owners = await screen.findByLabelText<HTMLTextAreaElement>(/Allowed owners/);
    fireEvent.input(owners, { target: { value: "Gamma" } });
    expect(await screen.findByText("1 edited")).toBeDefined();
    fireEvent.click(await button("Discard"));
    await waitFor(() => expect(owners.value).toBe("acme\nbeta"));
  });

  it("restores an earlier version after a second step", async () => {
    const server = open({ "policy.restore": () => ({ ...VIEW, version: 5 }) });
    fireEvent.click(await button("Restore"));
    expect((await screen.findByRole("alertdialog")).textContent).toContain("as version 5");
    fireEvent.click(await button("Restore version 3"));
    await waitFor(() =>
      expect(server.inputsOf("policy.restore")).toEqual([{ pool: "maintainers", eventId: 7, version: 4 }]),
    );
  });
});

describe("a draft", () => {
  it("says the same as what it was made of", () => {
    expect(changedRules(VALUES, valuesOf(draftOf(VALUES)))).toEqual([]);
  });

  it.each([
    { name: "owners in any order and case", change: { allowed_owners: "Beta, ACME\n acme" }, rules: [] },
    { name: "an owner more", change: { allowed_owners: "acme beta gamma" }, rules: ["allowed_owners"] },
    { name: "no number", change: { fills_per_hour_per_caller: "" }, rules: ["fills_per_hour_per_caller"] },
  ])("$name", ({ change, rules }) => {
    expect(changedRules(VALUES, valuesOf({ ...draftOf(VALUES), ...change }))).toEqual(rules);
  });
});
