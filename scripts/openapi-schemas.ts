/** What the /v1 doors answer, for the API's description only: the server builds these by hand and tests hold them. */
import { z } from "zod";
import { CACHE_STATUSES, STALE_REASONS } from "../shared/cache-status.ts";

export const errorSchema = z
  .object({
    error: z.object({
      code: z.string().describe("A code of docs/errors.md. On the relay most refusals are fallback_local."),
      message: z.string(),
      request_id: z.string(),
      details: z.record(z.string(), z.string()).optional().describe("Flat; on fallback_local it holds `reason`."),
    }),
  })
  .meta({ id: "Error" });

export const envelopeSchema = z
  .object({
    status: z.int().describe("GitHub's own status, a 404 or 304 included."),
    headers: z.record(z.string(), z.string()),
    body: z.unknown().describe("The value for json, text for text, base64 for base64; null where GitHub sent none."),
    body_encoding: z.enum(["json", "text", "base64"]),
    identity: z.object({ id: z.string(), kind: z.enum(["pat", "github_app"]) }).optional(),
    relay: z.object({
      pool: z.string(),
      request_id: z.string(),
      cacheable: z.boolean(),
      cache: z.enum(CACHE_STATUSES).describe("A revalidated answer is a hit."),
      stale_ok: z.boolean(),
      route_kind: z.string(),
      stale_reason: z.enum(STALE_REASONS).optional(),
      cache_created_at: z.iso.datetime().optional(),
      cache_expires_at: z.iso.datetime().optional(),
      age_seconds: z.int().optional(),
      coalesced: z.boolean().optional(),
      revalidated: z.boolean().optional(),
      filtered: z.boolean().optional(),
      backend: z.enum(["web", "github_public"]).optional().describe("Absent where an identity fetched it."),
      lease_reason: z.enum(["sticky", "highest_remaining"]).optional(),
    }),
  })
  .meta({ id: "Envelope" });

export const discoverySchema = z.object({
  service: z.literal("octopool"),
  version: z.literal(1),
  api_base: z.string(),
  app_base: z.string(),
  default_pool: z.string(),
  allowed_org: z.string(),
  auth: z.object({ cli_github_token: z.boolean(), web_login: z.boolean() }),
  min_cli_version: z.string(),
});

export const issuedSchema = z.object({
  caller: z.object({
    id: z.string(),
    name: z.string(),
    github_login: z.string(),
    org_login: z.string(),
    pool: z.string(),
    client_name: z.string(),
  }),
  token: z.string().describe("Shown once; only its hash is stored."),
});

export const identityAnswerSchema = z.object({
  identity: z.object({
    id: z.string(),
    pool: z.string(),
    kind: z.enum(["pat", "github_app"]),
    login: z.string(),
    secret_ref: z.string(),
    installation_id: z.int().nullish(),
    weight: z.int(),
  }),
});

export const operatorAnswerSchema = z.object({
  caller: z.object({
    id: z.string(),
    github_login: z.string(),
    dashboard_role: z.enum(["admin", "none"]),
    pool: z.string(),
  }),
});

const identityHealthSchema = z
  .array(
    z.object({
      id: z.string(),
      kind: z.enum(["pat", "github_app"]),
      healthy: z.boolean().describe("Active, rightly set up, and not resting as a whole."),
      problems: z.array(
        z.object({
          code: z.string().describe("Of docs/errors.md."),
          scope: z.enum(["identity", "resource", "route"]),
          on: z.string().optional().describe("The resource, or the kind of route."),
          github_status: z.int().optional().describe("GitHub's, where a token was asked for."),
          until: z.iso.datetime().optional().describe("Absent: until an operator mends it."),
        }),
      ),
    }),
  )
  .describe("How each identity is now.");

export const healthSchema = z.object({
  pool: z.string(),
  identities_total: z.int(),
  identities_healthy: z.int(),
  policy_version: z.int(),
  identities: identityHealthSchema,
});

export const standingSchema = z.object({
  generated_at: z.iso.datetime(),
  pool: z.string(),
  identities: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(["pat", "github_app"]),
      status: z.enum(["active", "paused"]),
      secret_present: z.boolean(),
      in_flight: z.int().nullable().describe("null: the coordinator could not be asked."),
      resources: z.array(
        z.object({
          resource: z.string(),
          limit: z.int(),
          remaining: z.int(),
          reset_at: z.iso.datetime(),
          empty_at: z.iso.datetime().nullable().describe("When it runs out at this rate; null: not before its reset."),
        }),
      ),
      cooldowns: z.array(
        z.object({
          scope: z.enum(["identity", "resource", "route"]),
          on: z.string(),
          cause: z.string(),
          until: z.iso.datetime(),
        }),
      ),
    }),
  ),
  fills: z.object({ in_flight: z.int().nullable(), waiting: z.int().nullable() }),
  recent: z
    .array(
      z.object({
        at: z.iso.datetime(),
        client_name: z.string(),
        route_kind: z.string(),
        route_key: z.string(),
        status: z.int(),
        cache: z.string(),
        fallback_reason: z.string().nullable(),
        duration_ms: z.int(),
      }),
    )
    .describe("The caller's own, of the last five minutes, newest first; at most 20."),
});

const count = z.int();
const rate = z.number().min(0).max(1).nullable();
export const aggregateSchema = z
  .object({
    requests: count,
    errors: count,
    service_errors: count,
    fallbacks: count,
    avg_duration_ms: z.number().nullable(),
    cache_hits: count,
    cache_stale: count,
    cache_misses: count,
    cache_bypass: count,
    cache_unknown: count,
    cacheable_requests: count,
    eligible_cache_requests: count,
    cache_hit_rate: rate,
    cacheable_hit_rate: rate,
    eligible_cache_hit_rate: rate,
    bypass_rate: rate,
    coalesced: count,
    saved_github_requests: count.describe("Answered without an upstream call that costs quota."),
    backend_requests: count,
  })
  .meta({ id: "Aggregate" });

const seen = { latest_seen_at: z.iso.datetime() };
const routeUse = z.array(aggregateSchema.extend({ route_kind: z.string(), ...seen }));
export const statsSchema = z.object({
  generated_at: z.iso.datetime(),
  pool: z.string(),
  window: z.object({ label: z.string(), seconds: z.int() }),
  operator: z.object({ github_login: z.string(), client_name: z.string() }),
  client_filter: z.string().optional(),
  pool_usage: aggregateSchema,
  caller_usage: aggregateSchema,
  client_usage: aggregateSchema,
  routes: routeUse,
  caller_routes: routeUse,
  client_routes: routeUse,
  clients: z.array(aggregateSchema.extend({ client_name: z.string(), ...seen })),
  backends: z.array(
    z.object({
      backend: z.enum(["github_web", "github_api", "github_identity"]),
      route_kind: z.string(),
      requests: count,
      cache_misses: count,
      cache_bypass: count,
      revalidated: count,
      ...seen,
    }),
  ),
  fallback_reasons: z.array(z.object({ reason: z.string(), route_kind: z.string(), requests: count, ...seen })),
  identity_fallbacks: z
    .array(z.object({ identity: z.string(), reason: z.string(), requests: count, ...seen }))
    .describe("Those that were one identity's fault, by the identity that was tried last."),
  identities: identityHealthSchema,
  cache: z.object({ total_entries: count, fresh_entries: count, expired_entries: count, body_bytes: count }),
});

export const purgedSchema = z.object({ purged: z.int(), dry_run: z.boolean() });

export const statusSchema = z.object({
  ok: z.boolean().describe("Reads can be served and accounted for."),
  parts: z.object({
    configuration: z.boolean(),
    database: z.boolean(),
    coordinator: z.boolean(),
    storage: z.boolean(),
    identities: z.boolean(),
    housekeeping: z.boolean(),
    audit: z.boolean(),
  }),
});
