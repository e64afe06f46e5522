/** repository, public, release, fork, star, member. Only what changes who may see a repository ends it as a whole. */
import { z } from "zod";
import { keyOf } from "./keys.ts";
import { type Effects, login, maybe, named, repositoryEvent, wholeNumber } from "./payload.ts";

/** `created` too: another repository may have had the name. */
const ENDS_THE_REPOSITORY: ReadonlySet<string> = new Set([
  "created",
  "deleted",
  "privatized",
  "publicized",
  "renamed",
  "transferred",
]);

const from = <Schema extends z.ZodType>(schema: Schema) => maybe(z.object({ from: maybe(schema) }));
const numbered = maybe(z.object({ id: maybe(wholeNumber) }));
const account = maybe(z.object({ login: maybe(login) }));
const changes = maybe(
  z.object({
    repository: maybe(z.object({ name: from(login) })),
    owner: from(z.object({ user: account, organization: account })),
    default_branch: from(z.string()),
  }),
);

export const repository = repositoryEvent(
  { action: maybe(z.string()), changes, repository: numbered },
  (payload, repo) => {
    if (payload.action === undefined || !ENDS_THE_REPOSITORY.has(payload.action)) {
      // Files, commits and readmes asked for without a ref are those of the default branch.
      return {
        keys: named(keyOf("meta", repo), payload.changes?.default_branch !== undefined && keyOf("refs", repo)),
      };
    }
    return endAll([repo, formerName(repo, payload.changes)], repo, payload.repository?.id);
  },
);

/** The name it had; undefined where it kept its own. */
function formerName(repo: string, changed: z.output<typeof changes>): string | undefined {
  const [owner = "", name = ""] = repo.split("/");
  const formerOwner = changed?.owner?.from?.user?.login ?? changed?.owner?.from?.organization?.login;
  const formerRepo = changed?.repository?.name?.from;
  if (formerOwner === undefined && formerRepo === undefined) return undefined;
  return `${formerOwner ?? owner}/${formerRepo ?? name}`;
}

/** Events come under the current name only, so nothing covers a former one any more. */
function endAll(names: readonly (string | undefined)[], current: string, repositoryId: number | undefined): Effects {
  const repositories = named(...names);
  return {
    keys: repositories.flatMap((name) => [keyOf("repo", name), keyOf("visibility", name), keyOf("meta", name)]),
    // Asked for by its number, it may have a proof of its own.
    endedProofs: [...repositories, ...(repositoryId === undefined ? [] : [`#/${repositoryId}`])],
    coverage: repositories
      .filter((name) => name !== current)
      .map((name) => {
        const [owner = "", repo = ""] = name.split("/");
        return { kind: "ends", owner, repos: [repo], reason: "renamed" };
      }),
  };
}

export const madePublic = repositoryEvent({ repository: numbered }, (payload, repo) =>
  endAll([repo], repo, payload.repository?.id),
);

export const release = repositoryEvent({}, (_, repo) => ({ keys: [keyOf("releases", repo)] }));

export const fork = repositoryEvent({}, (_, repo) => ({ keys: [keyOf("forks", repo)] }));

export const star = repositoryEvent({}, (_, repo) => ({ keys: [keyOf("stars", repo)] }));

export const member = repositoryEvent({}, (_, repo) => ({ keys: [keyOf("members", repo)] }));
