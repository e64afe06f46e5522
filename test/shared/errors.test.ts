import { describe, expect, it } from "vitest";
import { ERRORS, RelayError, type ErrorCode, type ErrorSpec } from "../../shared/errors.ts";

const CATALOGUE = Object.entries(ERRORS) as readonly (readonly [ErrorCode, ErrorSpec])[];

/** 2-wire, Fallback. */
const REASONS = [
  "route_denied",
  "search_denied",
  "logs_denied",
  "owner_denied",
  "repo_not_public",
  "repo_public_check_failed",
  "no_identity",
  "identities_cooling_down",
  "identity_pool_depleted",
  "github_identity_depleted",
  "github_rate_limited",
  "github_identity_unauthorized",
  "github_identity_forbidden",
  "github_response_too_large",
  "web_only_unavailable",
  "pagination_exhausted",
  "relay_overloaded",
  "github_unavailable",
  "org_verification_failed",
  "org_verification_unavailable",
  "misconfigured",
  "github_redirect_denied",
];
const TRANSIENT = [
  "identities_cooling_down",
  "identity_pool_depleted",
  "github_identity_depleted",
  "github_rate_limited",
  "relay_overloaded",
];

describe("the catalogue", () => {
  it.each(CATALOGUE)("%s is a whole entry", (code, spec) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(spec.status).toBeGreaterThanOrEqual(400);
    expect(spec.status).toBeLessThan(600);
    expect(spec.says).toMatch(/^(?:[A-Z]|secret_ref).+\.$/);
    expect(spec.says.length).toBeLessThanOrEqual(200);
  });

  it("falls back for every reason on the wire, and for no other", () => {
    const falling = CATALOGUE.filter(([code, spec]) => spec.mayFallBack && code !== "fallback_local").map(
      ([code]) => code,
    );
    expect(falling.toSorted()).toEqual(REASONS.toSorted());
  });

  it("marks as transient what the CLI tries again", () => {
    const transient = CATALOGUE.filter(([, spec]) => spec.transient === true).map(([code]) => code);
    expect(transient.toSorted()).toEqual(TRANSIENT.toSorted());
  });

  it.each([
    ["not_found", 404],
    ["method_not_allowed", 405],
    ["unsupported_media_type", 415],
    ["invalid_json", 400],
    ["invalid_request", 400],
    ["invalid_path", 400],
    ["invalid_query", 400],
    ["invalid_window", 400],
    ["internal_error", 500],
    ["request_too_large", 413],
    ["rate_limited", 429],
    ["missing_auth", 401],
    ["invalid_auth", 401],
    ["invalid_admin_auth", 401],
    ["admin_unconfigured", 503],
    ["method_denied", 403],
    ["github_auth_failed", 401],
    ["org_member_denied", 403],
    ["org_verification_failed", 502],
    ["org_verification_unavailable", 503],
    ["pool_denied", 403],
    ["identity_conflict", 409],
    ["identity_kind_unsupported", 400],
    ["installation_id_required", 400],
    ["fallback_local", 424],
  ] satisfies [ErrorCode, number][])("%s is %i", (code, status) => {
    expect(ERRORS[code].status).toBe(status);
  });
});

describe("RelayError", () => {
  it("speaks the catalogue's sentence", () => {
    const error = new RelayError("route_denied");
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: "RelayError",
      code: "route_denied",
      message: ERRORS.route_denied.says,
      details: undefined,
    });
    expect(error.spec).toBe(ERRORS.route_denied);
  });

  it("speaks another for the occasion, with what belongs to it", () => {
    const cause = new Error("inner");
    const options = { message: "So.", details: { field: "pool" }, headers: { allow: "GET" }, cause };
    expect(new RelayError("invalid_request", options)).toMatchObject({ ...options, cause });
  });
});
