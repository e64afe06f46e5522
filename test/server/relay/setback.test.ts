import { describe, expect, it } from "vitest";
import { detailsOf } from "../../../server/relay/setback.ts";

describe("the details of a refusal", () => {
  it("name the last identity that was tried, and why it could not", () => {
    const first = { identityId: "ada", code: "github_identity_depleted" } as const;
    const last = { identityId: "app", code: "github_app_token_failed", githubStatus: 403 } as const;
    expect(detailsOf([first])).toEqual({ identity: "ada", identity_error: "github_identity_depleted" });
    expect(detailsOf([first, last])).toEqual({
      identity: "app",
      identity_error: "github_app_token_failed",
      github_status: "403",
    });
  });

  it("are none where nobody was to blame", () => {
    expect(detailsOf([])).toEqual({});
  });
});
