/** `/repositories/{id}/…` (GitHub's own Link headers and redirects use it) to the repository's name, by a proof only. */
import { RelayError } from "../../shared/errors.ts";
import { resolveRepositoryId, type RouteMatch } from "../../shared/route-match.ts";
import type { Deps } from "../deps.ts";
import { rememberRates } from "./anonymous-budget.ts";
import { askOnce, type ProofQuestion } from "./proof-question.ts";
import { readForNumber } from "../store/cache.ts";
import { nameOfNumber, saveProof } from "../store/visibility.ts";
import { proofInMemory } from "./visibility-memo.ts";
import type { RepositoryName } from "../isolate.ts";

type Asker = Pick<ProofQuestion, "pool" | "caller">;

/** @throws RelayError repo_not_public, repo_public_check_failed, and relay_overloaded where too many guesses were wrong. */
export async function resolveRepository(
  match: RouteMatch,
  by: Asker,
  deadlineAt: number,
  deps: Deps,
): Promise<RouteMatch> {
  const id = match.repositoryId;
  if (id === undefined) return match;
  const name = nameInMemory(id, deps) ?? (await nameInStore(id, deps)) ?? (await askName(id, by, deadlineAt, deps));
  return resolveRepositoryId(match, name.owner, name.repo);
}

/** @throws RelayError repo_not_public. */
function nameInMemory(id: number, deps: Deps): RepositoryName | undefined {
  if (proofInMemory(nameOfNumber(id), deps) !== undefined) throw new RelayError("repo_not_public");
  const memo = deps.isolate.repositoryNames.get(id);
  return memo !== undefined && memo.until > deps.now() ? memo.value : undefined;
}

/** @throws RelayError repo_not_public. */
async function nameInStore(id: number, deps: Deps): Promise<RepositoryName | undefined> {
  const read = await readForNumber(deps.db, id, deps.colo).catch(() => undefined); // D1 is down: GitHub knows as well
  if (read !== undefined) rememberRates(read.rates, deps);
  const proof = read?.proof;
  if (proof === undefined || proof.expiresAt <= deps.now()) return undefined;
  if (!proof.public) {
    rememberHidden(id, proof, deps);
    throw new RelayError("repo_not_public");
  }
  return remember(id, proof, proof.expiresAt, deps);
}

async function askName(id: number, by: Asker, deadlineAt: number, deps: Deps): Promise<RepositoryName> {
  const question = { ...by, path: `/repositories/${id}`, stored: undefined, isFirst: false, deadlineAt };
  const { answer, askedAt: checkedAt } = await askOnce(question, deps);
  if (answer.kind === "hidden") {
    const ends = { checkedAt, expiresAt: deps.now() + deps.config.publicRepoNegativeTtlMs };
    const nothing = { public: false, fullName: null, etag: null, askedBy: answer.askedBy };
    deps.background(saveProof(deps.db, { ...nameOfNumber(id), repositoryId: id, ...nothing, ...ends }));
    rememberHidden(id, ends, deps);
    throw new RelayError("repo_not_public");
  }
  const [owner, repo, ...rest] = answer.kind === "public" ? (answer.fullName ?? "").toLowerCase().split("/") : [];
  if (answer.kind === "unknown" || owner === undefined || repo === undefined || repo === "" || rest.length > 0) {
    throw new RelayError("repo_public_check_failed");
  }
  const expiresAt = deps.now() + deps.config.publicRepoTtlMs;
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
      expiresAt,
    }),
  );
  return remember(id, { owner, repo }, expiresAt, deps);
}

function remember(id: number, { owner, repo }: RepositoryName, provenUntil: number, deps: Deps): RepositoryName {
  const value = { owner, repo };
  const until = Math.min(provenUntil, deps.now() + deps.config.configTtlMs);
  deps.isolate.repositoryNames.set(id, { value, until });
  return value;
}

/** A negative proof, as of a name. */
function rememberHidden(
  id: number,
  { checkedAt, expiresAt }: { readonly checkedAt: number; readonly expiresAt: number },
  deps: Deps,
): void {
  const { owner, repo } = nameOfNumber(id);
  deps.isolate.proofs.set(`${owner}/${repo}`, {
    isPublic: false,
    expiresAt,
    until: Math.min(expiresAt, deps.now() + deps.config.configTtlMs),
    checkedAt,
    repositoryId: id,
    fullName: undefined,
  });
}
