/** The credential an identity asks GitHub with, or which part of its set-up is wrong. */
import type { ErrorCode } from "../../shared/errors.ts";
import type { TokenAsk, TokenFailure, TokenTurn } from "../coordinator/protocol.ts";
import type { Deps } from "../deps.ts";
import { mintInstallationToken } from "../github/app-token.ts";
import { setupProblem } from "./identity-setup.ts";
import type { Setback } from "./setback.ts";
import type { Identity, PooledIdentity } from "./stages.ts";
import { within } from "./within.ts";

export type Credential =
  | { readonly kind: "token"; readonly token: string }
  /** It can ask nothing now. `code`: what callers are told; the setback names what operators must mend. */
  | { readonly kind: "unusable"; readonly code: ErrorCode; readonly setback: Setback };

type CredentialDeps = Pick<Deps, "secret" | "config" | "isolate" | "now" | "coordinator" | "platform">;

/** @param deadlineAt epoch ms: minting an installation token is a request of its own. */
export async function credentialOf(
  identity: Identity | PooledIdentity,
  deadlineAt: number,
  deps: CredentialDeps,
): Promise<Credential> {
  const secret = deps.secret(identity.secretRef);
  const problem = setupProblem(identity, deps);
  if (secret === undefined || problem !== undefined)
    return unusable(identity, { reason: "no_identity", code: problem ?? "identity_secret_missing", status: null });
  if (identity.kind === "pat") return { kind: "token", token: secret };
  const known = deps.isolate.tokens.get(identity, deps.now());
  if (known !== undefined) return { kind: "token", token: known };
  const turn = await obtain(identity, secret, deadlineAt, deps);
  if (turn.kind === "failed") return unusable(identity, turn);
  deps.isolate.tokens.put(identity, turn.token, turn.expiresAt, deps.now());
  return { kind: "token", token: turn.token };
}

/** GitHub refused this identity's credential: an App's token is not used again. */
export function forgetCredential(identity: Pick<Identity, "id">, deps: Pick<Deps, "isolate">): void {
  deps.isolate.tokens.forget(identity.id);
}

/** From the pool's coordinator, so that one mint serves all; of one's own where that cannot be reached. */
async function obtain(
  identity: Identity | PooledIdentity,
  privateKeyPem: string,
  deadlineAt: number,
  deps: CredentialDeps,
): Promise<TokenTurn> {
  const { id: identityId, secretRef, installationId = 0 } = identity;
  const alone = () =>
    mintInstallationToken({ appId: deps.config.appId, privateKeyPem, installationId, deadlineAt }, deps);
  if (!("poolId" in identity)) return alone();
  const ask: TokenAsk = { identityId, installationId, secretRef, at: deps.now() };
  const asked = askCoordinator(ask, identity.poolId, deps);
  const turn = await within(asked, deadlineAt - deps.now());
  if (turn === undefined) return OUT_OF_TIME;
  return turn === "unreachable" ? alone() : turn;
}

async function askCoordinator(
  ask: TokenAsk,
  poolId: string,
  deps: Pick<Deps, "coordinator">,
): Promise<TokenTurn | "unreachable"> {
  try {
    return await deps.coordinator(poolId).installationToken(ask);
  } catch {
    return "unreachable"; // it restarts on deployments; no error of ours crosses its door
  }
}

const OUT_OF_TIME: TokenFailure = {
  kind: "failed",
  reason: "github_unavailable",
  code: "github_app_token_failed",
  status: null,
  taught: null,
};

function unusable({ id }: Identity, failure: Pick<TokenFailure, "reason" | "code" | "status">): Credential {
  const { reason, code, status } = failure;
  const setback = { identityId: id, code, ...(status === null ? {} : { githubStatus: status }) };
  return { kind: "unusable", code: reason, setback };
}
