/** GitHub as the replay needs it: the model's versions with their etags, 304s, and quota as GitHub counts it. */
import type { Shape, Thing } from "./thing.ts";
import type { World } from "./world.ts";

const HOUR_SECONDS = 3_600;
const ANONYMOUS_LIMIT = 60;
const USER_LIMIT = 5_000;
const PROOF = /^\/repos\/[^/]+\/[^/]+$/;

/** One call that reached GitHub. */
export interface UpstreamCall {
  readonly at: number;
  readonly path: string;
  readonly kind: "read" | "proof" | "other";
  readonly credential: string;
  readonly conditional: boolean;
  readonly status: number;
  readonly charged: number;
  /** 0 where the path is no thing of the model. */
  readonly version: number;
}

export class ReplayedGitHub {
  readonly calls: UpstreamCall[] = [];
  readonly #world: World;
  readonly #now: () => number;
  readonly #logins: ReadonlyMap<string, string>;
  /** Units spent by spender and hour. */
  readonly #spent = new Map<string, number>();

  /** @param logins whose token it is. */
  constructor(world: World, logins: ReadonlyMap<string, string>, now: () => number) {
    this.#world = world;
    this.#logins = logins;
    this.#now = now;
  }

  answer(request: Request): Response {
    const { pathname } = new URL(request.url);
    const token = request.headers.get("authorization")?.replace(/^Bearer /, "");
    const credential = token === undefined ? "anonymous" : (this.#logins.get(token) ?? "invalid");
    if (credential === "invalid") return Response.json({ message: "Bad credentials" }, { status: 401 });
    const thing = this.#world.things.get(pathname);
    const version = thing?.versionAt(this.#now()) ?? 0;
    const etag = thing === undefined ? `"fixed"` : `"${version}"`;
    const spender = `${credential} ${Math.floor(this.#now() / 1000 / HOUR_SECONDS)}`;
    const limit = credential === "anonymous" ? ANONYMOUS_LIMIT : USER_LIMIT;
    const spent = this.#spent.get(spender) ?? 0;
    const known = request.headers.get("if-none-match");
    const note = (status: number, charged: number) => {
      const kind = thing !== undefined ? "read" : PROOF.test(pathname) ? "proof" : "other";
      this.calls.push({
        at: this.#now(),
        path: pathname,
        kind,
        credential,
        conditional: known !== null,
        status,
        charged,
        version,
      });
      this.#spent.set(spender, spent + charged);
      return { status, headers: { etag, ...this.#rate(limit, spent + charged) } };
    };
    if (spent >= limit) return Response.json({ message: "API rate limit exceeded" }, note(403, 0));
    // An authorised 304 is free (docs.github.com, "Best practices for using the REST API"); an anonymous one is not.
    if (known === etag) return new Response(null, note(304, credential === "anonymous" ? 1 : 0));
    if (thing !== undefined && version === 0) return Response.json({ message: "Not Found" }, note(404, 1));
    const body = thing === undefined ? othersBody(pathname) : bodyOf(thing, this.#now());
    return Response.json(body, note(200, 1));
  }

  #rate(limit: number, used: number): Readonly<Record<string, string>> {
    const reset = (Math.floor(this.#now() / 1000 / HOUR_SECONDS) + 1) * HOUR_SECONDS;
    return {
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-used": String(used),
      "x-ratelimit-remaining": String(Math.max(0, limit - used)),
      "x-ratelimit-reset": String(reset),
      "x-ratelimit-resource": "core",
    };
  }
}

/** Who a caller is and what is public: everybody is of the organization, every repository is public. */
function othersBody(pathname: string): object {
  if (pathname === "/graphql") {
    const organizations = { nodes: [{ login: "acme-inc" }], pageInfo: { hasNextPage: false, endCursor: null } };
    return { data: { user: { databaseId: 7, organizations } } };
  }
  if (pathname === "/user" || pathname.startsWith("/users/")) return { id: 7, login: "carol", type: "User" };
  return { id: 1, full_name: pathname.slice("/repos/".length), private: false, visibility: "public" };
}

function bodyOf(thing: Thing, at: number): unknown {
  const { version, moving, state } = thing.stateAt(at);
  const status = moving > 0 ? "in_progress" : "completed";
  const part = { id: version, status, conclusion: moving > 0 ? null : "success" };
  const bodies: Readonly<Record<Shape, () => unknown>> = {
    list: () => [{ id: version, title: `version ${version}` }],
    issue: () => ({ id: version, number: 1, state, title: `version ${version}` }),
    pull: () => ({
      id: version,
      number: 1,
      state: state === "merged" ? "closed" : "open",
      merged: state === "merged",
      merged_at: state === "merged" ? new Date(at).toISOString() : null,
      mergeable: state === "undecided" ? null : true,
      title: `version ${version}`,
    }),
    runs: () => ({ total_count: 40, workflow_runs: [part] }),
    run: () => part,
    jobs: () => ({ total_count: 1, jobs: [part] }),
    checks: () => ({ total_count: 1, check_runs: [part] }),
    status: () => ({
      state: moving > 0 ? "pending" : "success",
      statuses: [{ id: version, state: moving > 0 ? "pending" : "success" }],
    }),
    branch: () => ({ name: "main", commit: { sha: `${version}`.padStart(40, "0") } }),
  };
  return bodies[thing.shape]();
}
