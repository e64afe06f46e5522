/** A policy as an operator gives it: whole and valid, or refused by the name of the member that is not. */
import { RelayError } from "../../shared/errors.ts";
import { type Policy, policySchema } from "../../shared/policy.ts";

/** @throws RelayError invalid_policy naming the member. */
export function policyOf(given: unknown): Policy {
  const decoded = policySchema.safeParse(given);
  if (decoded.success) return decoded.data;
  const [issue] = decoded.error.issues;
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const field = (unknown ?? issue?.path.join(".") ?? "policy").slice(0, 64);
  const what = unknown === undefined ? (issue?.message ?? "has the wrong shape") : "is not a member of a policy";
  throw new RelayError("invalid_policy", { message: `${field}: ${what}.`, details: { field } });
}
