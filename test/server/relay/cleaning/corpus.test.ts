/** GitHub's own examples, most of them an administrator's, held against the forbidden list and against what may stay. */
import { describe, expect, it } from "vitest";
import { shapeOf } from "../../../../server/relay/cleaning/allow/index.ts";
import { sanitizeJson } from "../../../../server/relay/sanitize.ts";
import { EXAMPLES } from "./corpus-bodies.ts";
import { isMembers, withoutForbidden } from "./forbidden-model.ts";

/**
 * What an identity's answer does not tell although the public's may: each a loss we accept (docs/decisions/0009). Paths
 * by operation; of a list that became shorter the path of its elements.
 */
const TEAMS = "[].requested_teams[]";
const TEMPLATES = ["[].head.repo.template_repository", "[].base.repo.template_repository"];
const REVIEWER = ".environments[].protection_rules[].reviewers[]";
const LOST: Readonly<Record<string, readonly string[]>> = {
  // The examples say `public: false`.
  "activity/list-events-for-authenticated-user": ["[]"],
  "activity/list-received-events-for-user": ["[]"],
  // The example is an administrator's: the public is told the template of a repository only where that is asked for.
  "checks/get-suite": [".repository.template_repository"],
  // A dependency may come from a private repository.
  "dependency-graph/diff-range": ["[].source_repository_url"],
  // MEMBER becomes CONTRIBUTOR where the membership is not known to be public.
  "issues/list-for-repo": ["[].author_association"],
  "search/issues-and-pull-requests": [".items[].author_association"],
  // Teams may be secret.
  "pulls/get": [".requested_teams[]"],
  "pulls/list": [TEAMS, ...TEMPLATES],
  "repos/list-pull-requests-associated-with-commit": [TEAMS, ...TEMPLATES],
  "pulls/list-requested-reviewers": [".teams[]"],
  "repos/get-all-environments": [
    REVIEWER,
    ...["privacy", "notification_setting", "permission", "members_url", "repositories_url", "parent"].map(
      (name) => `${REVIEWER}.reviewer.${name}`,
    ),
  ],
  // Who works on an advisory is told to them.
  "security-advisories/list-repository-advisories": [
    "[].submission",
    "[].collaborating_users",
    "[].collaborating_teams",
    "[].private_fork",
  ],
  // An address is shown to credentials only.
  "users/get-by-username": [".email"],
};

function* lost(before: unknown, after: unknown, at: string): Generator<string> {
  if (Array.isArray(before) && Array.isArray(after)) {
    if (before.length !== after.length) yield `${at}[]`;
    else for (const [index, each] of before.entries()) yield* lost(each, after[index], `${at}[]`);
  } else if (isMembers(before) && isMembers(after)) {
    for (const [name, held] of Object.entries(before)) {
      if (name in after) yield* lost(held, after[name], `${at}.${name}`);
      else yield `${at}.${name}`;
    }
  } else if (before !== after) yield at;
}

describe.each(EXAMPLES)("GitHub's example of $operation", ({ operation, row, body }) => {
  const text = JSON.stringify(body, null, 2);
  const told = sanitizeJson(text, "anonymous");

  it("is itself without the forbidden names, where the public read it", () => {
    expect(told.kind === "clean" && JSON.parse(told.text)).toEqual(withoutForbidden(body));
  });

  it("loses nothing else to identities but what is written down", () => {
    const publicly = told.kind === "clean" ? (JSON.parse(told.text) as unknown) : undefined;
    const missing = (["public_only", "identity"] as const).flatMap((reader) => {
      const read = sanitizeJson(text, reader, { shape: shapeOf(row, 200), perPage: 100 });
      return read.kind === "clean" ? [...lost(publicly, JSON.parse(read.text), "")] : ["refused"];
    });
    expect([...new Set(missing)].toSorted()).toEqual([...(LOST[operation] ?? [])].toSorted());
  });
});
