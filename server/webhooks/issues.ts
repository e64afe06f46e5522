/** issues, issue_comment, label, milestone. */
import { z } from "zod";
import { issueKey, keyOf, pullKey } from "./keys.ts";
import { fullName, maybe, named, repositoryEvent, wholeNumber } from "./payload.ts";

/** What moves a milestone's counts or the labels of its issues. */
const OF_A_MILESTONE: ReadonlySet<string> = new Set([
  "opened",
  "closed",
  "reopened",
  "deleted",
  "transferred",
  "labeled",
  "unlabeled",
]);

/** Whether this action on an issue or pull changes the milestone it has, or had: then it is no longer in the payload. */
export function changesMilestone(action: string | undefined, hasMilestone: boolean): boolean {
  if (action === "milestoned" || action === "demilestoned") return true;
  return hasMilestone && action !== undefined && OF_A_MILESTONE.has(action);
}

const elsewhere = maybe(z.object({ full_name: maybe(fullName) }));

export const issues = repositoryEvent(
  {
    action: maybe(z.string()),
    issue: maybe(z.object({ number: maybe(wholeNumber), milestone: maybe(z.object({})) })),
    changes: maybe(z.object({ new_repository: elsewhere, old_repository: elsewhere })),
  },
  ({ action, issue, changes }, repo) => {
    const others = named(changes?.new_repository?.full_name, changes?.old_repository?.full_name);
    return {
      keys: named(
        keyOf("issues", repo),
        issueKey(repo, issue?.number),
        changesMilestone(action, issue?.milestone !== undefined) && keyOf("milestones", repo),
        ...others.map((other) => keyOf("issues", other)),
      ),
    };
  },
);

/** On a pull the comment is the pull's as well: its counts and `updated_at` move. */
export const issueComment = repositoryEvent(
  { issue: maybe(z.object({ number: maybe(wholeNumber), pull_request: maybe(z.object({})) })) },
  ({ issue }, repo) => {
    const onPull = issue?.pull_request !== undefined;
    return {
      keys: named(
        keyOf("issues", repo),
        issueKey(repo, issue?.number),
        onPull && keyOf("pulls", repo),
        onPull && pullKey(repo, issue.number),
      ),
    };
  },
);

/** A label that changes or goes stands in every list that shows it; a new one stands nowhere yet. */
export const label = repositoryEvent({ action: maybe(z.string()) }, ({ action }, repo) => ({
  keys: named(
    keyOf("labels", repo),
    action !== "created" && keyOf("issues", repo),
    action !== "created" && keyOf("pulls", repo),
  ),
}));

export const milestone = repositoryEvent({ action: maybe(z.string()) }, ({ action }, repo) => ({
  keys: named(
    keyOf("milestones", repo),
    action !== "created" && keyOf("issues", repo),
    action !== "created" && keyOf("pulls", repo),
  ),
}));
