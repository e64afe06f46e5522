import type { ROOM_PAGES } from "./room-pages.ts";

/** Every list, with what it says in each state. Its answers are real ones: held, emptied, refused, or left alone. */
export interface List {
  readonly name: string;
  readonly room: (typeof ROOM_PAGES)[number]["title"];
  readonly query?: string;
  readonly procedure: string;
  /** What an empty answer has. */
  readonly nothing: object;
  readonly empty: string;
  readonly fails: string;
  /** Stands where the list has something. */
  readonly full: string;
}

const NO_ROWS = { rows: [], next: null };

export const LISTS: readonly List[] = [
  {
    name: "the overview's quotas",
    room: "Overview",
    procedure: "overview.standing",
    nothing: { identities: [] },
    empty: "No identity yet",
    fails: "The identities could not be read",
    full: ".quota > li",
  },
  {
    name: "the overview's top routes",
    room: "Overview",
    procedure: "overview.usage",
    nothing: { routes: [] },
    empty: "No requests in this window",
    fails: "The usage could not be read",
    full: ".routes tbody tr",
  },
  {
    name: "the overview's latest problems",
    room: "Overview",
    procedure: "overview.usage",
    nothing: { troubles: [], acts: [] },
    empty: "No problems in this window",
    fails: "The usage could not be read",
    full: ".feed > li",
  },
  {
    name: "the traffic",
    room: "Traffic",
    procedure: "traffic.list",
    nothing: { ...NO_ROWS, lookedTo: null },
    empty: "No requests in this window",
    fails: "The traffic could not be read",
    full: "[data-row]",
  },
  {
    name: "the identities",
    room: "Identities",
    procedure: "identities.list",
    nothing: NO_ROWS,
    empty: "No identity in this pool yet",
    fails: "Identities could not be read",
    full: ".ident",
  },
  {
    name: "the callers",
    room: "Callers",
    procedure: "callers.list",
    nothing: NO_ROWS,
    empty: "Nobody may use this pool yet",
    fails: "Callers could not be read",
    full: "tbody tr",
  },
  {
    name: "what the cache holds",
    room: "Cache",
    procedure: "cache.totals",
    nothing: { entries: 0, fresh: 0, stale: 0, bodyBytes: 0, kinds: [] },
    empty: "Nothing is stored yet",
    fails: "The cache could not be counted",
    full: "tbody tr",
  },
  {
    name: "what is found in the cache",
    room: "Cache",
    query: "by=repository&q=acme-inc/relay",
    procedure: "cache.search",
    nothing: NO_ROWS,
    empty: "Nothing is stored for that",
    fails: "The cache could not be searched",
    full: "tbody tr",
  },
  {
    name: "the routes",
    room: "Routes",
    procedure: "routes.list",
    nothing: NO_ROWS,
    empty: "No kind matches",
    fails: "The catalogue could not be read",
    full: "tbody tr",
  },
  {
    name: "the patterns of requests",
    room: "Usage",
    procedure: "usage.patterns",
    nothing: { ...NO_ROWS, total: 0 },
    empty: "No requests in this window",
    fails: "The patterns could not be read",
    full: ".first tbody tr",
  },
  {
    name: "the causes of refusals",
    room: "Usage",
    procedure: "usage.causes",
    nothing: { ...NO_ROWS, refused: 0 },
    empty: "Everything was served",
    fails: "The causes could not be read",
    full: ".causes > li",
  },
  {
    name: "the use by caller",
    room: "Usage",
    procedure: "usage.callers",
    nothing: { ...NO_ROWS, total: 0 },
    empty: "Nobody asked",
    fails: "The callers could not be read",
    full: ".share-bar",
  },
  {
    name: "the history of the policy",
    room: "Policy",
    procedure: "policy.history",
    nothing: NO_ROWS,
    empty: "No history",
    fails: "The history could not be read",
    full: ".history li",
  },
  {
    name: "the audit log",
    room: "Audit log",
    procedure: "adminLog.list",
    nothing: NO_ROWS,
    empty: "No act yet",
    fails: "The audit log could not be read",
    full: "tbody tr",
  },
];
