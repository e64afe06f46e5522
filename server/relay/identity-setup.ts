/** Whether an identity has all it needs to ask GitHub anything, and which part is missing: decided without asking. */
import type { ErrorCode } from "../../shared/errors.ts";
import type { Config } from "../config.ts";
import { readAppKey } from "../github/app-key.ts";
import type { Identity } from "./stages.ts";

export interface SetupDeps {
  readonly secret: (secretRef: string) => string | undefined;
  /** Of use to Apps only. */
  readonly config?: Pick<Config, "appId">;
}

/** What the operator has to mend before it can serve; undefined: nothing. An identity that lacks something is never chosen. */
export function setupProblem(
  { kind, secretRef, installationId }: Pick<Identity, "kind" | "secretRef" | "installationId">,
  deps: SetupDeps,
): ErrorCode | undefined {
  const secret = deps.secret(secretRef);
  if (secret === undefined) return "identity_secret_missing";
  if (kind === "pat") return undefined;
  if (deps.config?.appId === undefined) return "github_app_id_missing";
  if (installationId === undefined) return "github_app_installation_missing";
  return readAppKey(secret) === undefined ? "github_app_key_format" : undefined;
}
