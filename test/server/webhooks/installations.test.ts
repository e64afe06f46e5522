import { describe, expect, it } from "vitest";
import { COVERABLE_EVENTS, mapEvent } from "../../../server/webhooks/map-event.ts";
import { payloadOf } from "./payloads.ts";

const app = { kind: "starts", owner: "acme", source: "app", events: ["push", "issues"] };

describe("coverage", () => {
  it.each([
    {
      name: "ping.repository",
      says: "of one repository, without events that end nothing",
      coverage: [
        { kind: "starts", owner: "acme", repos: ["widget"], source: "repository", events: ["push", "pull_request"] },
      ],
    },
    {
      name: "ping.organization",
      says: "of every repository, by every event that ends something",
      coverage: [{ kind: "starts", owner: "acme", repos: ["*"], source: "organization", events: COVERABLE_EVENTS }],
    },
    { name: "ping.app", says: "of nothing: its installations say of what", coverage: undefined },
    { name: "installation.created", says: "of the whole account", coverage: [{ ...app, repos: ["*"] }] },
    { name: "installation.selected", says: "of the repositories chosen", coverage: [{ ...app, repos: ["widget"] }] },
    {
      name: "installation.deleted",
      says: "over",
      coverage: [{ kind: "ends", owner: "acme", source: "app", reason: "installation_deleted" }],
    },
    {
      name: "installation.suspend",
      says: "over",
      coverage: [{ kind: "ends", owner: "acme", source: "app", reason: "installation_suspend" }],
    },
    {
      name: "installation_repositories.added",
      says: "of one more, and no longer of all",
      coverage: [
        { kind: "ends", owner: "acme", repos: ["*"], source: "app", reason: "repository_removed" },
        { ...app, repos: ["widget"] },
      ],
    },
    {
      name: "installation_repositories.removed",
      says: "of one less",
      coverage: [
        { kind: "ends", owner: "acme", repos: ["*", "widget"], source: "app", reason: "repository_removed" },
        { ...app, repos: [] },
      ],
    },
    {
      name: "repository.renamed",
      says: "over for the former name",
      coverage: [{ kind: "ends", owner: "acme", repos: ["gadget"], reason: "renamed" }],
    },
  ])("at $name is $says", ({ name, coverage }) => {
    const effects = mapEvent(name.replace(/\..*$/, ""), payloadOf(name));
    expect(effects.coverage).toEqual(coverage);
  });

  it("starts by no inactive webhook", () => {
    const payload = payloadOf("ping.repository");
    const hook = { ...(payload["hook"] as object), active: false };
    expect(mapEvent("ping", { ...payload, hook }).coverage).toBeUndefined();
  });

  it("takes no repository of another account", () => {
    const payload = { ...payloadOf("installation.selected"), repositories: [{ full_name: "evil/widget" }] };
    expect(mapEvent("installation", payload).coverage).toEqual([{ ...app, repos: [] }]);
  });
});
