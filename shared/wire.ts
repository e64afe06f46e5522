/**
 * The bodies of the /v1 doors (2-wire). Members that a schema does not name are accepted and discarded: published
 * clients of other versions send some.
 */
import { z } from "zod";

export const POOL_NAME = /^[A-Za-z0-9_.-]{1,64}$/;
const poolName = z.string().regex(POOL_NAME, "must be 1 to 64 of A-Z a-z 0-9 . _ -");
/** GitHub's rule for users, with the `_` of managed users. */
const githubLogin = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?$/, "must be a GitHub login");

/**
 * What GitHub's tokens look like: `ghp_…` and its siblings, `github_pat_…`, and the 40 hex digits of old. Text of
 * another shape is refused without asking GitHub.
 */
export const GITHUB_TOKEN = /^(gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255}|[0-9a-f]{40})$/;

/**
 * The client name of a login: every other character becomes `-`, a trailing `.local` (a host name's) goes, and
 * nothing at all is `legacy`. Undefined: longer than 80.
 */
export function toClientName(given: string | undefined): string | undefined {
  const name = (given ?? "").replaceAll(/[^A-Za-z0-9._-]/gu, "-").replace(/\.local$/, "");
  if (name.length > 80) return undefined;
  return name === "" ? "legacy" : name;
}

export const loginSchema = z.object({
  github_token: z.string().min(1).max(1000),
  pool: z.string().min(1).max(200).optional(),
  client_name: z.string().max(400).optional(),
});

export const callerSchema = z.object({
  pool: poolName,
  github_login: githubLogin,
  name: z.string().trim().min(1).max(100).optional(),
});

export const operatorSchema = z.object({
  pool: poolName,
  github_login: githubLogin,
  role: z.enum(["admin", "none"]),
});

const repositoryPart = z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/, "must be a name as GitHub has them");

const scopeSchema = z
  .object({
    owner: z.union([z.literal("*"), repositoryPart]),
    repo: repositoryPart.optional(),
    allow_private: z.boolean().optional(),
  })
  .refine((scope) => scope.owner !== "*" || scope.repo === undefined, {
    error: "* stands for every owner's public repositories, so it takes no repo",
    path: ["owner"],
  });

export const identitySchema = z.object({
  id: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, "must be 1 to 64 of A-Z a-z 0-9 . _ -"),
  /** Checked by the door: an unknown kind has a code of its own. */
  kind: z.string().default("pat"),
  login: z.string().regex(/^[A-Za-z0-9_.[\]-]{1,100}$/, "must be a GitHub login"),
  secret_ref: z.string().regex(/^[A-Z][A-Z0-9_]{2,99}$/, "must look like a secret's name, such as PAT_ALICE"),
  installation_id: z.int().nullish(),
  weight: z.int().min(1).max(10_000).optional(),
  public_only: z.boolean().optional(),
  scopes: z.array(scopeSchema).max(1000),
});

/** The policy itself is decoded by shared/policy.ts. */
export const policyPutSchema = z.object({ policy: z.record(z.string(), z.unknown()) });

export const purgeSchema = z.object({
  keys: z.array(z.string().min(1).max(400)).max(500).optional(),
  repo: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,100}\/[A-Za-z0-9_.-]{1,100}$/, "must be owner/repo")
    .optional(),
  path: z.string().startsWith("/").max(2000).optional(),
  dry_run: z.boolean().optional(),
});

/** POST /v1/github/request, for the API's description; server/relay/parse.ts reads it without zod, for speed. */
export const relaySchema = z.object({
  pool: z.string().min(1),
  method: z.string().min(1),
  path: z.string().min(1),
  query: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  route_hint: z.looseObject({ pr_head_sha: z.string().optional(), pr_state: z.string().optional() }).optional(),
});
