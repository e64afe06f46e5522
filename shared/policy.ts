/**
 * A pool's policy, decoded strictly: a member that is unknown, missing or of the wrong shape makes it unreadable, and
 * an unreadable policy closes the pool, never opens it.
 */
import { z } from "zod";

const owner = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,100}$/)
  .transform((login) => login.toLowerCase());

export const policySchema = z.strictObject({
  /** Scoped identities may serve these; lower-cased. */
  allowed_owners: z
    .array(owner)
    .max(500)
    .transform((owners) => [...new Set(owners)].sort()),
  /** Identities scoped to `*` may serve any repository proven public. */
  allow_public_repos: z.boolean(),
  allow_search: z.boolean(),
  allow_logs: z.boolean(),
  max_concurrent_per_caller: z.int().min(1).max(1000),
  fills_per_hour_per_caller: z.int().min(0).max(1_000_000),
  negative_proofs_per_hour_per_caller: z.int().min(0).max(1_000_000),
});

export type Policy = Readonly<z.output<typeof policySchema>>;

/** Undefined where the text is not a whole, valid policy. */
export function decodePolicy(text: string): Policy | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // unreadable is closed, whatever the reason
    throw error;
  }
  const decoded = policySchema.safeParse(value);
  return decoded.success ? decoded.data : undefined;
}

/** What a pool has until an operator says otherwise. */
export function defaultPolicy(allowedOwners: readonly string[]): Policy {
  return policySchema.parse({
    allowed_owners: [...allowedOwners],
    allow_public_repos: true,
    allow_search: false,
    allow_logs: true,
    max_concurrent_per_caller: 16,
    fills_per_hour_per_caller: 600,
    negative_proofs_per_hour_per_caller: 60,
  });
}
