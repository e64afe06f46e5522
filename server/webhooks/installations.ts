/** ping, installation, installation_repositories: which events of which repositories will reach us from now on. */
import { z } from "zod";
import type { CoverageChange } from "../store/webhooks.ts";
import { type EventMapping, fullName, login, maybe, NOTHING, named, wholeNumber } from "./payload.ts";

/** More at once than this are not covered until the sweep or an operator names them: a batch has to stay small. */
const MOST_REPOSITORIES = 500;

const events = maybe(z.array(z.string().max(64)).max(200));
const repositories = maybe(z.array(z.object({ full_name: maybe(fullName) })));

const ping = z.object({
  hook: maybe(z.object({ type: maybe(z.string()), active: maybe(z.boolean()), events })),
  repository: maybe(z.object({ full_name: maybe(fullName) })),
  organization: maybe(z.object({ login: maybe(login) })),
});

/**
 * The first delivery of a webhook, and one whenever an operator asks for it. An App's own ping names no account: its
 * installations do. Every name in `known` stands for `*`.
 */
export const pingWith =
  (known: readonly string[]): EventMapping =>
  (payload) => {
    const read = ping.safeParse(payload).data;
    const hook = read?.hook;
    if (hook?.events === undefined || hook.active === false || hook.type === "App") return NOTHING;
    const sent = sentEvents(hook.events, known);
    if (hook.type === "Organization") {
      const owner = read?.organization?.login;
      return owner === undefined ? NOTHING : { keys: [], coverage: [starts(owner, ["*"], "organization", sent)] };
    }
    const [owner, repo] = read?.repository?.full_name?.split("/") ?? [];
    if (hook.type !== "Repository" || owner === undefined || repo === undefined) return NOTHING;
    return { keys: [], coverage: [starts(owner, [repo], "repository", sent)] };
  };

/** Those of the events sent that end something here. */
export function sentEvents(given: readonly string[], known: readonly string[]): readonly string[] {
  return given.includes("*") ? known : known.filter((event) => given.includes(event));
}

function starts(
  owner: string,
  repos: readonly string[],
  source: "repository" | "organization" | "app",
  events: readonly string[],
): CoverageChange {
  return { kind: "starts", owner, repos: repos.slice(0, MOST_REPOSITORIES), source, events };
}

/** An installation as payloads and GET /app/installations give it. */
export const installationSchema = z.object({
  id: maybe(wholeNumber),
  account: maybe(z.object({ login: maybe(login) })),
  events,
  repository_selection: maybe(z.string()),
  suspended_at: maybe(z.string()),
});

const installationEvent = z.object({
  action: maybe(z.string()),
  installation: maybe(installationSchema),
  repositories,
  repositories_added: repositories,
  repositories_removed: repositories,
  repository_selection: maybe(z.string()),
});

export const installationWith =
  (known: readonly string[]): EventMapping =>
  (payload) => {
    const read = installationEvent.safeParse(payload).data;
    const owner = read?.installation?.account?.login;
    if (read === undefined || owner === undefined) return NOTHING;
    if (read.action === "deleted" || read.action === "suspend")
      return { keys: [], coverage: [{ kind: "ends", owner, source: "app", reason: `installation_${read.action}` }] };
    const sent = sentEvents(read.installation?.events ?? [], known);
    const all = read.installation?.repository_selection === "all";
    return { keys: [], coverage: [starts(owner, all ? ["*"] : reposOf(owner, read.repositories), "app", sent)] };
  };

export const installationRepositoriesWith =
  (known: readonly string[]): EventMapping =>
  (payload) => {
    const read = installationEvent.safeParse(payload).data;
    const owner = read?.installation?.account?.login;
    if (read === undefined || owner === undefined) return NOTHING;
    const sent = sentEvents(read.installation?.events ?? [], known);
    const selection = read.repository_selection ?? read.installation?.repository_selection;
    if (selection === "all") return { keys: [], coverage: [starts(owner, ["*"], "app", sent)] };
    // Which ones an installation on all repositories keeps, this event does not say.
    const gone = ["*", ...reposOf(owner, read.repositories_removed)];
    return {
      keys: [],
      coverage: [
        { kind: "ends", owner, repos: gone, source: "app", reason: "repository_removed" },
        starts(owner, reposOf(owner, read.repositories_added), "app", sent),
      ],
    };
  };

function reposOf(owner: string, given: z.output<typeof repositories>): readonly string[] {
  return named(...(given ?? []).map((each) => each.full_name))
    .filter((name) => name.startsWith(`${owner}/`))
    .map((name) => name.slice(owner.length + 1));
}
