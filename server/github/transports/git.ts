/**
 * Refs by git's own protocol (smart HTTP, version 2, `ls-refs`): where they point to now. What git does not know, the
 * node id and how GitHub writes the URLs, comes from the API's earlier answer to the same question; a ref that was not
 * in it, or that became another kind of object, is left to the API.
 */
import { z } from "zod";
import { type AdvertisedRef, lsRefsRequest, readLsRefs } from "../pkt-line.ts";
import type { WebOrigins, WebPlan, WebQuestion } from "./web-plan.ts";

const MAX_BYTES = 512 * 1024;
/** git itself lets only commits stand there; GitHub makes the refs of pulls. */
const ALWAYS_A_COMMIT = /^refs\/(heads\/|pull\/\d+\/(head|merge)$)/;
/** A ref-prefix ends at white space; git takes no name with it. */
const UNSENDABLE = /\s/;

const refSchema = z.object({
  ref: z.string(),
  node_id: z.string(),
  object: z.object({ type: z.string(), sha: z.string().regex(/^[0-9a-f]{40}$/), url: z.string() }),
});
type KnownRef = z.output<typeof refSchema>;

export function planGit(question: WebQuestion, origins: WebOrigins): WebPlan | undefined {
  const { variant, query, owner, repo, stored, match } = question;
  const asked = match.params["ref"];
  if (variant !== "json" || query !== "" || asked === undefined || UNSENDABLE.test(asked)) return undefined;
  const known = readKnown(stored);
  if (known === undefined) return undefined;
  const name = `refs/${asked}`;
  return {
    url: `${origins.githubWebOrigin}/${owner}/${repo}.git/git-upload-pack`,
    headers: {
      accept: "application/x-git-upload-pack-result",
      "content-type": "application/x-git-upload-pack-request",
      "git-protocol": "version=2",
    },
    body: lsRefsRequest(name),
    maxBytes: MAX_BYTES,
    contentType: "application/json; charset=utf-8",
    read: (headers, body) => {
      if (headers.get("content-type") !== "application/x-git-upload-pack-result") return undefined;
      // A prefix is a hint to the server: it may send more (gitprotocol-v2, ls-refs).
      const refs = readLsRefs(body)?.filter((ref) => (known.isList ? ref.name.startsWith(name) : ref.name === name));
      const moved = refs === undefined ? undefined : moveAll(known.refs, refs);
      if (moved === undefined || (!known.isList && moved.length !== 1)) return undefined;
      return new TextEncoder().encode(JSON.stringify(known.isList ? moved : moved[0]));
    },
  };
}

interface Known {
  readonly isList: boolean;
  readonly refs: readonly KnownRef[];
}

function readKnown(stored: WebQuestion["stored"]): Known | undefined {
  if (stored?.status !== 200 || stored.encoding !== "json") return undefined;
  const json: unknown = JSON.parse(new TextDecoder().decode(stored.body));
  const isList = Array.isArray(json);
  const refs: readonly unknown[] = isList ? json : [json];
  // Members the schema does not name stay, in GitHub's order: the values are GitHub's own, only checked.
  return refs.every(isKnownRef) ? { isList, refs } : undefined;
}

function isKnownRef(value: unknown): value is KnownRef {
  return refSchema.safeParse(value).success;
}

/** In the API's order, which must be git's. Undefined: something of it cannot be known. */
function moveAll(known: readonly KnownRef[], now: readonly AdvertisedRef[]): readonly KnownRef[] | undefined {
  const byName = new Map(now.map((ref) => [ref.name, ref]));
  const still = known.filter(({ ref }) => byName.has(ref));
  const isSame = still.length === now.length && still.every(({ ref }, at) => ref === now[at]?.name);
  if (!isSame) return undefined;
  const moved: KnownRef[] = [];
  for (const ref of still) {
    const to = byName.get(ref.ref);
    const one = to === undefined ? undefined : move(ref, to);
    if (one === undefined) return undefined;
    moved.push(one);
  }
  return moved;
}

function move(known: KnownRef, to: AdvertisedRef): KnownRef | undefined {
  const { type, sha, url } = known.object;
  if (to.sha !== sha && typeOf(to) !== type) return undefined;
  if (!url.endsWith(`/${sha}`)) return undefined;
  return { ...known, object: { ...known.object, sha: to.sha, url: url.slice(0, -sha.length) + to.sha } };
}

/** A tag that is no tag object may name anything, and git does not say what. */
function typeOf({ name, peeled }: AdvertisedRef): "tag" | "commit" | undefined {
  if (peeled !== undefined) return "tag";
  return ALWAYS_A_COMMIT.test(name) ? "commit" : undefined;
}
