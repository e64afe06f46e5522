/** What cleaning takes out of a row's answers, in words for docs/routes.md; read from the row and its shape. */
import { shapeOf } from "../server/relay/cleaning/allow/index.ts";
import type { Shape } from "../server/relay/cleaning/shape.ts";
import type { RouteSpec } from "../shared/routes/spec.ts";

export function removedInWords(row: RouteSpec): string {
  if (row.transports.includes("none")) return "nothing";
  if (row.freshness.policy === "log") return "nothing of the log";
  const names = new Set(namesIn(shapeOf(row, 200)));
  const has = (...some: readonly string[]) => some.some((name) => names.has(name));
  const parts = [
    [true, byShape(row)],
    [has("full_name"), "`permissions` and settings of repositories"],
    [has("public_repos"), "a profile's private fields, and its address unless the public was told"],
    [has("author_association"), "`MEMBER` of those not known to show it (`CONTRIBUTOR` instead)"],
    [has("requested_teams", "teams", "reviewers"), "teams"],
    [has("head", "head_repository", "parent", "forkee"), "embedded repositories that are not public (`null` instead)"],
    [has("pull_requests"), "pulls of repositories not known to be public"],
    [has("tag_name"), "drafts: the whole answer"],
    [has("submitted_at"), "pending reviews"],
    [has("commit_url") && row.references === "items", "commits of repositories not proven public"],
    [
      row.references === "items",
      "elements about repositories not proven public, or the whole answer if its page is full",
    ],
    [isRendered(row), "`html`, `text` and `full` as read by an identity that is not public-only"],
  ] as const;
  return parts.flatMap(([applies, words]) => (applies ? [words] : [])).join("; ");
}

function byShape(row: RouteSpec): string {
  const who = row.transports.includes("identity") ? "an identity" : "a public-only identity";
  return `of what ${who} read, every field that the public is not known to see`;
}

/** As server/relay/cleaning/rendered.ts has it. */
function isRendered({ mediaTypes }: RouteSpec): boolean {
  return mediaTypes.includes("html") && !mediaTypes.includes("object");
}

function* namesIn(shape: Shape): Generator<string> {
  if (typeof shape === "string") return;
  if (shape.kind === "data") return yield* namesIn(shape.of);
  for (const [name, held] of shape.members) {
    yield name;
    yield* namesIn(held);
  }
}
