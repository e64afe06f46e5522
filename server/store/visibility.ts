/** Visibility proofs: whether GitHub said that a repository is public, when, and until when that counts. */
import { and, eq, sql } from "drizzle-orm";
import { compiled, resultOf } from "./compiled.ts";
import { allSql, type Db } from "./db.ts";
import { githubPublicRepos } from "./schema/index.ts";

/** Owner and repo lower-cased, times epoch ms. A row with `public: false` is a negative proof. */
export type ProofRow = Readonly<typeof githubPublicRepos.$inferSelect>;

/**
 * The name under which a number that names nothing public is noted: no repository's, since GitHub's names hold no `#`.
 * The caller typed the number; nothing else of what it names is kept.
 */
export function nameOfNumber(repositoryId: number): { readonly owner: string; readonly repo: string } {
  return { owner: "#", repo: String(repositoryId) };
}

/** By primary key; for use in a batch. */
export function proofQuery(db: Db, owner: string, repo: string) {
  return proofOf(db, { owner, repo });
}

const proofOf = compiled(["owner", "repo"], (db, { owner, repo }) =>
  db
    .select()
    .from(githubPublicRepos)
    .where(and(eq(githubPublicRepos.owner, owner), eq(githubPublicRepos.repo, repo))),
);

/** The proof of a repository (primary key), past its end or not: an ended one still has the etag that renews it. */
export async function findProof(db: Db, owner: string, repo: string): Promise<ProofRow | undefined> {
  const [row] = await resultOf(db, proofQuery(db, owner, repo));
  return row;
}

/** The proof of a repository by GitHub's number (github_public_repos_id): the only way /repositories/{id} resolves. */
export async function findProofById(db: Db, repositoryId: number): Promise<ProofRow | undefined> {
  const [row] = await proofByIdQuery(db, repositoryId);
  return row;
}

/** The same for use in a batch. */
export function proofByIdQuery(db: Db, repositoryId: number) {
  return db
    .select()
    .from(githubPublicRepos)
    .where(eq(githubPublicRepos.repositoryId, repositoryId))
    .orderBy(sql`${githubPublicRepos.checkedAt} DESC`)
    .limit(1);
}

/** Writes a proof (primary key). One that was asked for earlier than the stored one changes nothing. */
export async function saveProof(db: Db, proof: ProofRow): Promise<void> {
  const { owner: _, repo: __, ...rest } = proof;
  await db
    .insert(githubPublicRepos)
    .values(proof)
    .onConflictDoUpdate({
      target: [githubPublicRepos.owner, githubPublicRepos.repo],
      set: rest,
      setWhere: sql`excluded.checked_at >= ${githubPublicRepos.checkedAt}`,
    });
}

/**
 * Ends a proof at once (primary key): a webhook, a redirect or a purge said that something changed. The etag goes as
 * well, so that the next question is a full one, and an answer on its way from before cannot restore it.
 */
export async function endProof(db: Db, owner: string, repo: string, now: number): Promise<void> {
  await endProofQuery(db, owner, repo, now);
}

/** The same for use in a batch. */
export function endProofQuery(db: Db, owner: string, repo: string, now: number) {
  return db
    .update(githubPublicRepos)
    .set({ expiresAt: sql`min(${githubPublicRepos.expiresAt}, ${now})`, checkedAt: now, etag: null })
    .where(and(eq(githubPublicRepos.owner, owner), eq(githubPublicRepos.repo, repo)));
}

/**
 * What GitHub last said of these repositories, by `owner/repo`, lower-cased: true is public (primary keys). A name that
 * is not in it was not asked about lately.
 */
export async function readVerdicts(
  db: Db,
  names: readonly { readonly owner: string; readonly repo: string }[],
): Promise<ReadonlyMap<string, boolean>> {
  if (names.length === 0) return new Map();
  const pairs = JSON.stringify(names.map(({ owner, repo }) => [owner.toLowerCase(), repo.toLowerCase()]));
  const rows = await allSql<{ name: string; isPublic: number }>(
    db,
    sql`SELECT proof.owner || '/' || proof.repo AS name, proof.public AS isPublic FROM json_each(${pairs}) AS asked
    CROSS JOIN github_public_repos AS proof ON proof.owner = asked.value ->> 0 AND proof.repo = asked.value ->> 1`,
  );
  return new Map(rows.map(({ name, isPublic }) => [name, isPublic === 1]));
}
