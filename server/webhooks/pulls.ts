/** pull_request and what people say on one. Every pull is an issue too, so its issue keys end with it. */
import { z } from "zod";
import { issueKey, keyOf, pullKey } from "./keys.ts";
import { changesMilestone } from "./issues.ts";
import { maybe, named, repositoryEvent, wholeNumber } from "./payload.ts";

const pull = maybe(z.object({ number: maybe(wholeNumber), milestone: maybe(z.object({})) }));

export const pullRequest = repositoryEvent(
  { action: maybe(z.string()), number: maybe(wholeNumber), pull_request: pull },
  (payload, repo) => {
    const number = payload.number ?? payload.pull_request?.number;
    return {
      keys: named(
        ...ofPull(repo, number),
        changesMilestone(payload.action, payload.pull_request?.milestone !== undefined) && keyOf("milestones", repo),
      ),
    };
  },
);

/** Reviews and review comments: the pull's `updated_at` moves, and with it both lists. */
export const review = repositoryEvent({ pull_request: pull }, (payload, repo) => ({
  keys: named(...ofPull(repo, payload.pull_request?.number)),
}));

/** A thread resolved or reopened shows on the pull alone. */
export const reviewThread = repositoryEvent({ pull_request: pull }, (payload, repo) => ({
  keys: named(pullKey(repo, payload.pull_request?.number)),
}));

function ofPull(repo: string, number: number | undefined): readonly (string | undefined)[] {
  return [keyOf("pulls", repo), keyOf("issues", repo), pullKey(repo, number), issueKey(repo, number)];
}
