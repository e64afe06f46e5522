import type { Json } from "./corpus.ts";
import { nameOf, ownerOf, type Question } from "./question.ts";
import { isMember } from "./world.ts";

/**
 * What a member's credential sees and the public does not, beyond repository fields: the traps a relay must clean away
 * (a cross-reference from a private repository, a draft release).
 */
export function privateCrossReference({ world, login, repository }: Question): readonly Json[] {
  const hidden = login === undefined ? undefined : world.privateRepositoryOf(login);
  if (hidden === undefined || login === undefined || !isMember(hidden, login) || hidden === repository) return [];
  const owner = world.user(ownerOf(hidden));
  return [
    {
      actor: { login, id: world.user(login)?.id ?? 1, type: "User" },
      created_at: "2024-02-01T10:00:00Z",
      updated_at: "2024-02-01T10:00:00Z",
      event: "cross-referenced",
      source: {
        type: "issue",
        issue: {
          id: 770001,
          number: 77,
          title: "Confidential: plan for the launch",
          state: "open",
          url: `https://api.github.com/repos/${hidden.fullName}/issues/77`,
          html_url: `https://github.com/${hidden.fullName}/issues/77`,
          repository_url: `https://api.github.com/repos/${hidden.fullName}`,
          repository: {
            id: hidden.id,
            name: nameOf(hidden),
            full_name: hidden.fullName,
            private: true,
            visibility: "private",
            owner: { login: ownerOf(hidden), id: owner?.id ?? 1, type: owner?.type ?? "Organization" },
          },
        },
      },
    },
  ];
}
