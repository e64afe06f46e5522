/** What GitHub answers to the GraphQL operations of gh's own commands: small, fixed, and enough for gh to print something. */

interface GhAsk {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

type Data = Readonly<Record<string, unknown>>;

const LABEL = { id: "LA_1", name: "bug", color: "d73a4a", description: "Something is broken", isDefault: true };
const LABELS = { nodes: [LABEL], totalCount: 1, pageInfo: { hasNextPage: false, endCursor: null } };
const NO_MORE = { hasNextPage: false, endCursor: null };
const AT = "2020-01-22T19:33:08Z";

/** Undefined where the operation is none of these. */
export function ghAnswer({ query, variables }: GhAsk): Data | undefined {
  const name = /\b(?:query|mutation)\s+(\w+)\s*[({]/.exec(query)?.[1];
  return name === undefined ? undefined : OPERATIONS[name]?.(variables);
}

type Variables = GhAsk["variables"];

const OPERATIONS: Readonly<Record<string, (variables: Variables) => Data>> = {
  PullRequestByNumber: (asked) => inRepository(asked, { pullRequest: pull(numberOf(asked)) }),
  PullRequestForBranch: (asked) =>
    inRepository(asked, { pullRequests: { nodes: [pull(7)], totalCount: 1 }, defaultBranchRef: { name: "main" } }),
  PullRequestList: (asked) => inRepository(asked, { pullRequests: pulls }),
  PullRequestSearch: (asked) => ({
    ...inRepository(asked, { pullRequests: pulls }),
    search: { ...pulls, issueCount: 2 },
  }),
  PullRequestStatusChecks: () => ({ node: { statusCheckRollup: { nodes: [rollup] } } }),
  PullRequestStatus: (asked) => ({
    ...inRepository(asked, {
      defaultBranchRef: { name: "main" },
      pullRequests: { edges: [{ node: pull(7) }], totalCount: 1 },
    }),
    viewerCreated: { totalCount: 1, edges: [{ node: pull(7) }] },
    reviewRequested: { totalCount: 1, edges: [{ node: pull(8) }] },
  }),
  PullRequestForRun: (asked) =>
    inRepository(asked, {
      pullRequests: { nodes: [{ number: 7, headRepository: { owner: { login: "octocat" }, name: "hello-world" } }] },
    }),
  IssueByNumber: (asked) => inRepository(asked, { hasIssuesEnabled: true, issue: issue(numberOf(asked)) }),
  CommentsForIssue: () => ({ node: { comments: { nodes: [comment], pageInfo: NO_MORE } } }),
  CommentsForPullRequest: () => ({ node: { comments: { nodes: [comment], pageInfo: NO_MORE } } }),
  IssueList: (asked) => inRepository(asked, { hasIssuesEnabled: true, issues: issues }),
  IssueSearch: (asked) => ({
    ...inRepository(asked, { hasIssuesEnabled: true }),
    search: { ...issues, issueCount: 2 },
  }),
  IssueStatus: (asked) =>
    inRepository(asked, { hasIssuesEnabled: true, assigned: issues, mentioned: issues, authored: issues }),
  RepositoryInfo: (asked) => inRepository(asked, {}),
  RepositoryList: (asked) => ({
    repositoryOwner: {
      login: asked["owner"] ?? "octocat",
      repositories: {
        totalCount: 1,
        nodes: [repository({ owner: asked["owner"], name: "hello-world" })],
        pageInfo: NO_MORE,
      },
    },
  }),
  RepositoryReleaseList: () => ({ repository: { releases: { nodes: [release], pageInfo: NO_MORE } } }),
  RepositoryReleaseByTag: () => ({ repository: { release: { databaseId: 1, isDraft: false } } }),
  LabelList: (asked) => inRepository(asked, { labels: LABELS }),
  GistList: () => ({
    viewer: {
      gists: {
        nodes: [
          { name: "abc7", description: "Hello World", files: [{ name: "README.md" }], isPublic: true, updatedAt: AT },
        ],
        pageInfo: NO_MORE,
      },
    },
  }),
  AssignedSearch: () => ({ assignments: { nodes: [] }, reviewRequested: { nodes: [] } }),
};

const numberOf = (asked: Variables): number => Number(asked["number"] ?? asked["pr_number"] ?? 7);

function repository(asked: Variables): Data {
  const owner = typeof asked["owner"] === "string" ? asked["owner"] : "octocat";
  const named = asked["repo"] ?? asked["name"];
  const name = typeof named === "string" ? named : "hello-world";
  return {
    id: "R_1",
    name,
    nameWithOwner: `${owner}/${name}`,
    owner: { id: "U_1", login: owner },
    description: "My first repository",
    url: `https://github.com/${owner}/${name}`,
    isPrivate: false,
    visibility: "PUBLIC",
    hasIssuesEnabled: true,
    stargazerCount: 80,
    viewerPermission: "READ",
    defaultBranchRef: { name: "main" },
    pushedAt: AT,
    updatedAt: AT,
    createdAt: AT,
  };
}

const inRepository = (asked: Variables, members: Data): Data => ({ repository: { ...repository(asked), ...members } });

const check = {
  __typename: "CheckRun",
  name: "build",
  status: "COMPLETED",
  conclusion: "SUCCESS",
  isRequired: true,
  startedAt: "2020-01-20T17:42:40Z",
  completedAt: "2020-01-20T17:44:39Z",
  detailsUrl: "https://github.com/octocat/hello-world/runs/399444496",
  checkSuite: { workflowRun: { workflow: { name: "CI" } } },
};
const rollup = {
  commit: {
    oid: "6dcb09b5b57875f334f61aebed695e2e4193db5e",
    statusCheckRollup: { state: "SUCCESS", contexts: { nodes: [check], pageInfo: NO_MORE } },
  },
};
const comment = {
  id: "IC_1",
  author: { login: "octocat" },
  authorAssociation: "CONTRIBUTOR",
  body: "Me too",
  createdAt: AT,
  includesCreatedEdit: false,
  isMinimized: false,
  minimizedReason: "",
  reactionGroups: [],
  url: "https://github.com/octocat/hello-world/issues/7#issuecomment-1",
  viewerDidAuthor: false,
};

function thing(number: number, kind: "pull" | "issues"): Data {
  return {
    number,
    title: `A ${kind === "pull" ? "pull" : "question"} numbered ${number}`,
    state: "OPEN",
    closed: false,
    body: "It was *observed*.",
    url: `https://github.com/octocat/hello-world/${kind}/${number}`,
    author: { login: "octocat" },
    assignees: { nodes: [{ id: "U_2", login: "alice", name: "Alice Example" }], totalCount: 1 },
    labels: LABELS,
    milestone: { number: 1, title: "v1" },
    projectCards: { nodes: [], totalCount: 0 },
    comments: { nodes: [comment], totalCount: 1, pageInfo: NO_MORE },
    reactionGroups: [{ content: "HEART", users: { totalCount: 2 } }],
    createdAt: AT,
    updatedAt: AT,
  };
}

const issue = (number: number): Data => ({ __typename: "Issue", id: `I_${number}`, ...thing(number, "issues") });

function pull(number: number): Data {
  return {
    __typename: "PullRequest",
    id: `PR_${number}`,
    ...thing(number, "pull"),
    baseRefName: "main",
    headRefName: "feature-1",
    headRefOid: "6dcb09b5b57875f334f61aebed695e2e4193db5e",
    headRepository: { id: "R_1", name: "hello-world" },
    headRepositoryOwner: { id: "U_1", login: "octocat" },
    isCrossRepository: false,
    isDraft: false,
    maintainerCanModify: true,
    mergeable: "MERGEABLE",
    mergeStateStatus: "CLEAN",
    additions: 10,
    deletions: 3,
    changedFiles: 2,
    reviewDecision: "APPROVED",
    reviewRequests: { nodes: [], totalCount: 0 },
    reviews: { nodes: [], totalCount: 0, pageInfo: NO_MORE },
    files: { nodes: [{ path: "src/index.ts", additions: 10, deletions: 3 }], totalCount: 1, pageInfo: NO_MORE },
    commits: { nodes: [rollup], totalCount: 1 },
    statusCheckRollup: { nodes: [rollup] },
  };
}

const pulls = { nodes: [pull(7), pull(8)], totalCount: 2, pageInfo: NO_MORE };
const issues = { nodes: [issue(7), issue(8)], totalCount: 2, pageInfo: NO_MORE };
const release = {
  name: "v1.0.0",
  tagName: "v1.0.0",
  isDraft: false,
  isLatest: true,
  isPrerelease: false,
  createdAt: AT,
  publishedAt: AT,
};
