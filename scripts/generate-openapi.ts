/** Writes server/http/openapi.json, the description of /v1 that GET /openapi.json serves. */
import { writeFileSync } from "node:fs";
import { z } from "zod";
import { createDocument, type ZodOpenApiOperationObject } from "zod-openapi";
import packageJson from "../package.json" with { type: "json" };
import { ERRORS, type ErrorCode } from "../shared/errors.ts";
import {
  callerSchema,
  identitySchema,
  loginSchema,
  operatorSchema,
  policyPutSchema,
  purgeSchema,
  relaySchema,
} from "../shared/wire.ts";
import * as answers from "./openapi-schemas.ts";

const FILE = new URL("../server/http/openapi.json", import.meta.url);
const json = (schema: z.ZodType) => ({ content: { "application/json": { schema } } });
const pool = { path: z.object({ pool: z.string() }) };
const caller = [{ caller_token: [] }];
const admin = [{ admin_token: [] }];
const BODY_ERRORS = ["invalid_json", "invalid_request", "unsupported_media_type", "request_too_large"] as const;

/** One response per status, with the codes that carry it. */
function refusals(codes: readonly ErrorCode[]) {
  const byStatus = Map.groupBy(codes, (code) => ERRORS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, of]) => [
      `${status}`,
      { description: of.map((code) => `\`${code}\`: ${ERRORS[code].says}`).join("\n\n"), ...json(answers.errorSchema) },
    ]),
  );
}

function ok(status: "200" | "201", description: string, schema: z.ZodType): ZodOpenApiOperationObject["responses"] {
  return { [status]: { description, ...json(schema) } };
}

/** Deterministic: the same sources give the same text. */
export function renderOpenapi(): string {
  const document = createDocument({
    openapi: "3.1.0",
    info: {
      title: "Octopool",
      version: packageJson.version,
      description: packageJson.description,
      license: { name: "MIT", identifier: "MIT" },
    },
    components: {
      securitySchemes: {
        caller_token: { type: "http", scheme: "bearer", description: "A caller token, `op_…`, from octopool login." },
        admin_token: { type: "http", scheme: "bearer", description: "OCTOPOOL_ADMIN_TOKEN." },
        metrics_token: { type: "http", scheme: "bearer", description: "METRICS_TOKEN." },
      },
    },
    paths: {
      "/.well-known/octopool": {
        get: {
          summary: "Where the API is and how to log in",
          responses: ok("200", "The service", answers.discoverySchema),
        },
      },
      "/v1/status": {
        get: {
          summary: "Which parts work",
          description: "For uptime checks: booleans only, looked at every ten seconds at most.",
          responses: {
            ...ok("200", "Reads can be served", answers.statusSchema),
            "503": { description: "They cannot", ...json(answers.statusSchema) },
          },
        },
      },
      "/metrics": {
        get: {
          summary: "Metrics for Prometheus",
          security: [...admin, { metrics_token: [] }],
          responses: {
            "200": { description: "Text format 0.0.4", content: { "text/plain": { schema: z.string() } } },
            ...refusals(["missing_auth", "invalid_admin_auth", "admin_unconfigured", "rate_limited"]),
          },
        },
      },
      "/v1/login/github-cli": {
        post: {
          summary: "Exchange a GitHub token for a caller token",
          requestBody: { required: true, ...json(loginSchema) },
          responses: {
            ...ok("201", "Logged in", answers.issuedSchema),
            ...refusals([
              ...BODY_ERRORS,
              "github_auth_failed",
              "pool_denied",
              "org_member_denied",
              "org_verification_failed",
              "org_verification_unavailable",
              "rate_limited",
            ]),
          },
        },
      },
      "/v1/github/request": {
        post: {
          summary: "Relay one GitHub read",
          description:
            "With `Accept: application/vnd.octopool.raw` the HTTP answer is GitHub's own: status, allowed headers, bytes.",
          security: caller,
          requestBody: { required: true, ...json(relaySchema) },
          responses: {
            ...ok("200", "GitHub's answer, whatever its status", answers.envelopeSchema),
            ...refusals([
              ...BODY_ERRORS,
              "invalid_path",
              "invalid_query",
              "missing_auth",
              "invalid_auth",
              "method_denied",
              "fallback_local",
              "internal_error",
            ]),
          },
        },
      },
      "/v1/pools/{pool}/health": {
        get: {
          summary: "Identities that can serve",
          security: caller,
          requestParams: pool,
          responses: { ...ok("200", "Health", answers.healthSchema), ...refusals(["missing_auth", "invalid_auth"]) },
        },
      },
      "/v1/pools/{pool}/standing": {
        get: {
          summary: "The pool right now, and the caller's last requests",
          security: caller,
          requestParams: pool,
          responses: {
            ...ok("200", "Standing", answers.standingSchema),
            ...refusals(["missing_auth", "invalid_auth"]),
          },
        },
      },
      "/v1/pools/{pool}/stats": {
        get: {
          summary: "How requests were served",
          security: caller,
          requestParams: {
            ...pool,
            query: z.object({
              since: z.string().optional().describe("30m, 24h, 7d: 1 minute to 30 days"),
              client: z.string().optional(),
            }),
          },
          responses: {
            ...ok("200", "Statistics", answers.statsSchema),
            ...refusals(["missing_auth", "invalid_auth", "invalid_window"]),
          },
        },
      },
      "/v1/admin/callers": {
        post: {
          summary: "Register a caller",
          security: admin,
          requestBody: { required: true, ...json(callerSchema) },
          responses: {
            ...ok("201", "Registered", answers.issuedSchema),
            ...refusals([
              ...BODY_ERRORS,
              "invalid_admin_auth",
              "missing_auth",
              "admin_unconfigured",
              "caller_not_found",
              "org_member_denied",
            ]),
          },
        },
      },
      "/v1/admin/operators": {
        post: {
          summary: "Grant or take the operator role",
          security: admin,
          requestBody: { required: true, ...json(operatorSchema) },
          responses: {
            ...ok("200", "Done", answers.operatorAnswerSchema),
            ...refusals([
              ...BODY_ERRORS,
              "invalid_admin_auth",
              "missing_auth",
              "admin_unconfigured",
              "org_member_denied",
            ]),
          },
        },
      },
      "/v1/admin/pools/{pool}": {
        get: {
          summary: "A pool's policy",
          security: admin,
          requestParams: pool,
          responses: {
            ...ok("200", "Policy", policyPutSchema),
            ...refusals(["invalid_admin_auth", "missing_auth", "admin_unconfigured", "pool_not_found"]),
          },
        },
        put: {
          summary: "Replace a pool's policy",
          security: admin,
          requestParams: pool,
          requestBody: { required: true, ...json(policyPutSchema) },
          responses: {
            ...ok("200", "Saved", policyPutSchema),
            ...refusals([...BODY_ERRORS, "invalid_admin_auth", "missing_auth", "admin_unconfigured", "invalid_policy"]),
          },
        },
      },
      "/v1/admin/pools/{pool}/purge": {
        post: {
          summary: "End stored answers",
          security: admin,
          requestParams: pool,
          requestBody: { required: true, ...json(purgeSchema) },
          responses: {
            ...ok("200", "How many it names", answers.purgedSchema),
            ...refusals([
              ...BODY_ERRORS,
              "invalid_admin_auth",
              "missing_auth",
              "admin_unconfigured",
              "pool_not_found",
              "invalid_path",
              "route_denied",
            ]),
          },
        },
      },
      "/v1/admin/pools/{pool}/identities": {
        post: {
          summary: "Add or replace an identity",
          security: admin,
          requestParams: pool,
          requestBody: { required: true, ...json(identitySchema) },
          responses: {
            ...ok("201", "Stored", answers.identityAnswerSchema),
            ...refusals([
              ...BODY_ERRORS,
              "invalid_admin_auth",
              "missing_auth",
              "admin_unconfigured",
              "identity_conflict",
              "identity_kind_unsupported",
              "installation_id_required",
              "secret_ref_reserved",
            ]),
          },
        },
      },
    },
  });
  return `${JSON.stringify(document, null, 2)}\n`;
}

if (import.meta.main) writeFileSync(FILE, renderOpenapi());
