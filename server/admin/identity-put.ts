/** What is said of an identity, checked: the same rules at the admin door and on the dashboard. */
import type { z } from "zod";
import { RelayError } from "../../shared/errors.ts";
import type { identitySchema } from "../../shared/wire.ts";
import { RESERVED_NAMES } from "../config.ts";
import type { IdentityPut } from "../store/identities.ts";

/** @throws RelayError identity_kind_unsupported, installation_id_required, secret_ref_reserved. */
export function identityPutOf(poolId: string, body: z.output<typeof identitySchema>): IdentityPut {
  const { kind } = body;
  if (kind !== "pat" && kind !== "github_app") throw new RelayError("identity_kind_unsupported");
  const installationId = kind === "github_app" ? (body.installation_id ?? 0) : undefined;
  if (installationId !== undefined && installationId < 1) throw new RelayError("installation_id_required");
  if (RESERVED_NAMES.has(body.secret_ref)) throw new RelayError("secret_ref_reserved");
  return {
    id: body.id,
    poolId,
    kind,
    login: body.login,
    secretRef: body.secret_ref,
    installationId,
    weight: body.weight,
    publicOnly: body.public_only,
    scopes: body.scopes.map((scope) => ({
      owner: scope.owner.toLowerCase(),
      repo: scope.repo?.toLowerCase(),
      // The star stands for public repositories, whatever else is said of it.
      allowPrivate: scope.owner !== "*" && scope.allow_private === true,
    })),
  };
}
