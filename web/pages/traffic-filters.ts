/** The traffic's filters as they stand in the address, and as the server takes them. */
import { STATUS_NAMES, type StatusName } from "../../shared/dashboard/status.ts";
import type { TrafficOptions } from "../../shared/dashboard/traffic.ts";
import type { Inputs } from "../api.ts";
import type { FilterField } from "../ui/filters.tsx";
import { STATUS_WORDS } from "../ui/mark.tsx";
import type { UrlState } from "../ui/url.ts";

export type TrafficFilters = NonNullable<Inputs["traffic"]["list"]["filters"]>;

/** Every parameter of the address that narrows the rows. */
export const FILTER_NAMES = [
  "answer",
  "caller",
  "client",
  "kind",
  "status",
  "identity",
  "backend",
  "reason",
  "spent",
  "slower",
  "q",
] as const;

/** Undefined: all of them. */
export function answersOf(url: UrlState): readonly StatusName[] | undefined {
  const asked = url.get("answer")?.split(",");
  return asked === undefined ? undefined : STATUS_NAMES.filter((name) => asked.includes(name));
}

/** What the address says wrongly narrows nothing. */
export function filtersOf(url: UrlState): TrafficFilters {
  const answers = answersOf(url);
  const [status, slower] = [wholeNumber(url.get("status")), wholeNumber(url.get("slower"))];
  const backend = BACKENDS.find(({ value }) => value === url.get("backend"))?.value;
  const spent = url.get("spent");
  return {
    ...(answers === undefined ? {} : { answers: [...answers] }),
    ...texts(url, ["caller", "client", "kind", "identity", "reason"]),
    ...(url.get("q") === undefined ? {} : { text: (url.get("q") ?? "").slice(0, 200) }),
    ...(backend === undefined ? {} : { backend }),
    ...(spent === "yes" || spent === "no" ? { spent } : {}),
    ...(status !== undefined && status >= 100 && status < 600 ? { status } : {}),
    ...(slower === undefined ? {} : { slower: Math.min(slower, 3_600_000) }),
  };
}

function texts<Name extends string>(url: UrlState, names: readonly Name[]): Partial<Record<Name, string>> {
  const found = names.flatMap((name) => {
    const value = url.get(name);
    return value === undefined ? [] : [[name, value.slice(0, name === "identity" ? 64 : 100)]];
  });
  return Object.fromEntries(found) as Partial<Record<Name, string>>;
}

const wholeNumber = (text: string | undefined) =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;

const BACKENDS = [
  { value: "github_web", label: "token-free source" },
  { value: "github_api", label: "anonymous API" },
  { value: "github_identity", label: "identity" },
] as const;

const STATUSES = [200, 304, 401, 403, 404, 410, 424, 429, 500, 503].map((status) => ({ value: String(status) }));
const SLOWNESS = [100, 300, 1_000, 3_000].map((ms) => ({ value: String(ms), label: `${ms} ms or more` }));

export function fieldsOf(options: TrafficOptions | undefined): readonly FilterField[] {
  return [
    {
      name: "answer",
      label: "answer",
      options: STATUS_NAMES.map((name) => ({ value: name, label: STATUS_WORDS[name] })),
    },
    { name: "caller", label: "caller", options: options?.callers ?? [] },
    { name: "client", label: "client", options: options?.clients ?? [] },
    { name: "kind", label: "route kind", options: options?.kinds ?? [] },
    { name: "status", label: "status", options: STATUSES },
    { name: "identity", label: "identity", options: options?.identities ?? [] },
    { name: "backend", label: "backend", options: BACKENDS },
    { name: "reason", label: "reason", options: options?.reasons ?? [] },
    {
      name: "spent",
      label: "quota",
      options: [
        { value: "yes", label: "spent" },
        { value: "no", label: "not spent" },
      ],
    },
    { name: "slower", label: "duration", options: SLOWNESS },
  ];
}
