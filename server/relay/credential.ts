/** The credential an identity asks GitHub with, or which part of its set-up is wrong. */
import type { ErrorCode } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import type { Identity } from "./stages.ts";

export type Credential =
  | { readonly kind: "token"; readonly token: string }
  /** It can ask nothing until the operator mends what the code names. */
  | { readonly kind: "unusable"; readonly code: ErrorCode; readonly details?: Readonly<Record<string, string>> };

/** @param deadlineAt epoch ms: minting an installation token is a request of its own. */
export async function credentialOf(identity: Identity, deadlineAt: number, deps: Deps): Promise<Credential> {
  const token = deps.secret(identity.secretRef);
  return token === undefined ? { kind: "unusable", code: "no_identity" } : { kind: "token", token };
}
