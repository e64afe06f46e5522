/** `/repositories/{id}/…` (GitHub's own Link headers and redirects use it) to the repository's name, by a proof only. */
import { RelayError } from "../../shared/errors.ts";
import { resolveRepositoryId, type RouteMatch } from "../../shared/route-match.ts";
import type { Deps } from "../deps.ts";
import { askIfPublic } from "./ask-if-public.ts";
import { findProofById, saveProof } from "../store/visibility.ts";
import type { Pool } from "./stages.ts";

/** @throws RelayError repo_not_public, repo_public_check_failed. */
export async function resolveRepository(
  match: RouteMatch,
  pool: Pool,
  deadlineAt: number,
  deps: Deps,
): Promise<RouteMatch> {
  const id = match.repositoryId;
  if (id === undefined) return match;
  const name =
    deps.isolate.repositoryNames.get(id) ??
    (await nameInStore(id, deps)) ??
    (await askName(id, pool, deadlineAt, deps));
  return resolveRepositoryId(match, name.owner, name.repo);
}

async function nameInStore(id: number, deps: Deps): Promise<{ owner: string; repo: string } | undefined> {
  const proof = await findProofById(deps.db, id).catch(() => undefined); // D1 is down: GitHub knows as well
  if (proof === undefined || !proof.public || proof.expiresAt <= deps.now()) return undefined;
  return remember(id, proof.owner, proof.repo, deps);
}

async function askName(
  id: number,
  pool: Pool,
  deadlineAt: number,
  deps: Deps,
): Promise<{ owner: string; repo: string }> {
  const checkedAt = deps.now();
  const answer = await askIfPublic({ path: `/repositories/${id}`, pool, stored: undefined, deadlineAt }, deps);
  if (answer.kind === "hidden") throw new RelayError("repo_not_public");
  const [owner, repo, ...rest] = answer.kind === "public" ? (answer.fullName ?? "").toLowerCase().split("/") : [];
  if (answer.kind === "unknown" || owner === undefined || repo === undefined || repo === "" || rest.length > 0) {
    throw new RelayError("repo_public_check_failed");
  }
  const now = deps.now();
  const { etag, askedBy, repositoryId, fullName } = answer;
  deps.background(
    saveProof(deps.db, {
      owner,
      repo,
      public: true,
      repositoryId,
      fullName,
      etag,
      askedBy,
      checkedAt,
      expiresAt: now + deps.config.publicRepoTtlMs,
    }),
  );
  return remember(id, owner, repo, deps);
}

function remember(id: number, owner: string, repo: string, deps: Deps): { owner: string; repo: string } {
  const name = { owner, repo };
  deps.isolate.repositoryNames.set(id, name);
  return name;
}
