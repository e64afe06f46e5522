/** Things of the private repository as GitHub writes them inside answers about public ones. */
import type { JsonObject } from "./corpus.ts";
import type { Viewer } from "./private-words.ts";

const API = "https://api.github.com";
const WEB = "https://github.com";
const AT = "2024-02-01T10:00:00Z";
/** Everything private is numbered from here, far from what the corpus numbers. */
const FIRST_ID = 880_000;

export function privateRepository(viewer: Viewer): JsonObject {
  const { hidden, say } = viewer;
  return {
    id: FIRST_ID,
    node_id: "R_private",
    name: hidden.split("/")[1] ?? "",
    full_name: hidden,
    private: true,
    visibility: "private",
    owner: { login: "octocat", id: 583_231, type: "User", url: `${API}/users/octocat` },
    html_url: `${WEB}/${hidden}`,
    url: `${API}/repos/${hidden}`,
    description: say("private_repository"),
    fork: true,
    default_branch: "main",
  };
}

/** Only someone who hides the membership. */
export function privateMember(viewer: Viewer): JsonObject {
  const login = `${viewer.marker}-member`;
  return {
    login,
    id: FIRST_ID + 1,
    node_id: "U_private",
    type: "User",
    url: `${API}/users/${login}`,
    site_admin: false,
  };
}

export function secretTeam({ say }: Viewer): JsonObject {
  const slug = say("secret_team");
  return {
    id: FIRST_ID + 2,
    node_id: "T_private",
    name: slug,
    slug,
    description: say("team_description"),
    privacy: "secret",
    permission: "push",
    url: `${API}/teams/${FIRST_ID + 2}`,
    html_url: `${WEB}/orgs/github/teams/${slug}`,
    members_url: `${API}/teams/${FIRST_ID + 2}/members{/member}`,
    repositories_url: `${API}/teams/${FIRST_ID + 2}/repos`,
    parent: null,
  };
}

/** `withRepository`: lists of issues across repositories carry the object, an issue's own answer does not. */
export function privateIssue(viewer: Viewer, withRepository = false): JsonObject {
  const { hidden, say } = viewer;
  return {
    id: FIRST_ID + 77,
    node_id: "I_private",
    number: 77,
    title: say("issue_title"),
    body: say("issue_body"),
    state: "open",
    user: privateMember(viewer),
    labels: [],
    comments: 0,
    author_association: "MEMBER",
    url: `${API}/repos/${hidden}/issues/77`,
    html_url: `${WEB}/${hidden}/issues/77`,
    repository_url: `${API}/repos/${hidden}`,
    comments_url: `${API}/repos/${hidden}/issues/77/comments`,
    created_at: AT,
    updated_at: AT,
    closed_at: null,
    ...(withRepository ? { repository: privateRepository(viewer) } : {}),
  };
}

/** A pull of the private repository that holds the same commit. */
export function privatePull(viewer: Viewer, sample: JsonObject): JsonObject {
  const { hidden, say } = viewer;
  const end = { label: "octocat:main", ref: "main", sha: "a".repeat(40), repo: privateRepository(viewer) };
  return {
    ...sample,
    id: FIRST_ID + 78,
    number: 78,
    title: say("pull_title"),
    body: say("pull_body"),
    url: `${API}/repos/${hidden}/pulls/78`,
    html_url: `${WEB}/${hidden}/pull/78`,
    issue_url: `${API}/repos/${hidden}/issues/78`,
    head: { ...end },
    base: { ...end },
  };
}

/** What runs, suites and checks say of a pull: no name and no visibility, only addresses. */
export function pullStub({ hidden }: Viewer): JsonObject {
  const repo = { id: FIRST_ID, url: `${API}/repos/${hidden}`, name: hidden.split("/")[1] ?? "" };
  const end = { ref: "main", sha: "a".repeat(40), repo };
  return { url: `${API}/repos/${hidden}/pulls/78`, id: FIRST_ID + 78, number: 78, head: end, base: end };
}

export function draftRelease({ say }: Viewer, sample: JsonObject): JsonObject {
  return {
    ...sample,
    id: FIRST_ID + 3,
    tag_name: say("draft_tag"),
    name: say("draft_name"),
    body: say("draft_body"),
    draft: true,
    published_at: null,
  };
}

/** An event of an issue or pull that happened in the private repository, or names it. */
export function privateEvent({ hidden, login }: Viewer, event: string, more: JsonObject): JsonObject {
  return {
    id: FIRST_ID + 4,
    node_id: "E_private",
    url: `${API}/repos/${hidden}/issues/events/${FIRST_ID + 4}`,
    actor: { login, id: 1, type: "User", url: `${API}/users/${login}` },
    event,
    commit_id: null,
    commit_url: null,
    created_at: AT,
    ...more,
  };
}

/** An element of an activity feed. */
export function feedEvent(viewer: Viewer, type: string, isPublic: boolean, payload: JsonObject): JsonObject {
  const { hidden, login } = viewer;
  const repo = isPublic ? { id: 1_296_269, name: "octocat/hello-world" } : { id: FIRST_ID, name: hidden };
  return {
    id: `${FIRST_ID}${type.length}`,
    type,
    actor: { id: 1, login, display_login: login, gravatar_id: "", url: `${API}/users/${login}` },
    repo: { ...repo, url: `${API}/repos/${repo.name}` },
    payload,
    public: isPublic,
    created_at: AT,
  };
}
