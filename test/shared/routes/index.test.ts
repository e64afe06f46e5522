import { describe, expect, it } from "vitest";
import { ROUTE_FAMILIES, ROUTES } from "../../../shared/routes/index.ts";
import { isParameterName } from "../../../shared/routes/parameters.ts";
import { CURSORS } from "../../../shared/routes/route.ts";
import openapi from "../../fixtures/github-openapi-paths.json" with { type: "json" };

const OPERATIONS: Readonly<Record<string, { path: string; query: string[] }>> = openapi.operations;
const shapeOf = (template: string): string => template.replaceAll(/\{[^}]*\}/g, "{}");
const parametersOf = (template: string): string[] => [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
/** Paths that GitHub serves and its description leaves out: an older alias, and the root of a path parameter. */
const UNDESCRIBED = ["/repos/{owner}/{repo}/statuses/{sha}", "/repos/{owner}/{repo}/contents"];

/** The templates of the rows of which the claim is not true. */
const breaking = (claim: (row: (typeof ROUTES)[number]) => boolean): string[] =>
  ROUTES.filter((row) => !claim(row)).map(({ template }) => template);

const sameMembers = (one: readonly string[], other: readonly string[]): boolean =>
  [...new Set(one)].toSorted().join(" ") === [...new Set(other)].toSorted().join(" ");

describe("every row", () => {
  it("has parameters that have a rule", () => {
    expect(breaking(({ template }) => parametersOf(template).every(isParameterName))).toEqual([]);
  });

  it("names operations of GitHub's", () => {
    expect(
      breaking(({ operations }) => operations.length > 0 && operations.every((id) => Object.hasOwn(OPERATIONS, id))),
    ).toEqual([]);
  });

  it("stands at the path of its operation", () => {
    const shapes = (ids: readonly string[]): string[] => ids.map((id) => shapeOf(OPERATIONS[id]?.path ?? ""));
    const astray = breaking(({ template, operations }) =>
      shapes(operations).every((shape) => shape === shapeOf(template)),
    );
    expect(astray.toSorted()).toEqual(UNDESCRIBED.toSorted());
  });

  it("takes the query parameters GitHub describes, and GitHub's cursors where it is a list", () => {
    const claim = ({ operations, query, wholeWithoutPaging }: (typeof ROUTES)[number]): boolean => {
      const described = operations.flatMap((operation) => OPERATIONS[operation]?.query ?? []);
      const isList = described.includes("per_page") && wholeWithoutPaging !== true;
      return sameMembers(query, isList ? [...described, ...CURSORS] : described);
    };
    expect(breaking(claim)).toEqual([]);
  });

  it("names surrogate keys it can fill: from its path, or a search from the repository searched", () => {
    const claim = ({ template, resource, surrogateKeys }: (typeof ROUTES)[number]): boolean => {
      const known = resource === "core" ? parametersOf(template) : ["owner", "repo"];
      return surrogateKeys.flatMap(parametersOf).every((name) => known.includes(name));
    };
    expect(breaking(claim)).toEqual([]);
  });

  it("of a repository can be emptied by the repository's own key", () => {
    const claim = ({ template, surrogateKeys }: (typeof ROUTES)[number]): boolean =>
      template.includes("{repo}") === surrogateKeys.includes("repo:{owner}/{repo}");
    expect(breaking(claim)).toEqual([]);
  });

  it("takes JSON, as every client's usual Accept asks", () => {
    expect(breaking(({ mediaTypes }) => mediaTypes.includes("json"))).toEqual([]);
  });

  it("says in a sentence or two what it is", () => {
    expect(breaking(({ about }) => /^[A-Z].{10,170}\.$/.test(about))).toEqual([]);
  });

  it("says how its references are judged exactly where it bears any", () => {
    expect(breaking(({ references, sees }) => (references !== undefined) === (sees === "reference-bearing"))).toEqual(
      [],
    );
  });

  it("is judged by its body exactly where its policy looks at one", () => {
    const looks = new Set(["settling", "living"]);
    expect(breaking(({ freshness }) => (freshness.judge !== undefined) === looks.has(freshness.policy))).toEqual([]);
  });

  it("has a covered time only with events that end it", () => {
    const claim = ({ freshness }: (typeof ROUTES)[number]): boolean =>
      (freshness.coveredSeconds === undefined) === (freshness.endedBy.length === 0);
    expect(breaking(claim)).toEqual([]);
  });

  it("serves at once no longer than stale", () => {
    expect(breaking(({ freshness }) => freshness.swrSeconds <= freshness.staleSeconds)).toEqual([]);
  });

  it("asks GitHub somewhere, unless it is the pool's own knowledge", () => {
    expect(breaking(({ sees, transports }) => (sees === "pool") === transports.includes("none"))).toEqual([]);
  });
});

describe("the table", () => {
  it("has each template once", () => {
    const templates = ROUTES.map(({ template }) => template);
    expect(templates.filter((template, at) => templates.indexOf(template) !== at)).toEqual([]);
  });

  it("is the families joined", () => {
    expect(ROUTES).toEqual(ROUTE_FAMILIES.flatMap(({ routes }) => [...routes]));
  });

  it("knows the kinds that published clients call fast-moving", () => {
    const kinds = new Set<string>(ROUTES.map(({ kind }) => kind));
    const published = [
      "pr_view",
      "pr_list",
      "issue_view",
      "issue_list",
      "run_view",
      "run_list",
      "checks",
      "check_suites",
    ];
    const more = ["status", "status_list", "jobs", "job", "commit_view", "ref_view"];
    expect([...published, ...more].filter((kind) => !kinds.has(kind))).toEqual([]);
  });

  it("never settles what a branch or tag names", () => {
    const moving = ROUTES.filter(({ template }) => /\/commits\/\{ref\}/.test(template));
    expect(moving.length).toBeGreaterThan(0);
    for (const { freshness } of moving) expect(freshness).toMatchObject({ refNamed: true, freshSeconds: 120 });
  });

  it("calls immutable only what a full SHA names", () => {
    const wrong = ROUTES.filter(
      ({ freshness, template }) => freshness.policy === "immutable" && !template.endsWith("{sha}"),
    );
    expect(wrong).toEqual([]);
  });

  it("lets no identity fetch what only an anonymous reader may see, but releases that say they are no draft", () => {
    const open = ROUTES.filter(({ sees, transports }) => sees === "anonymous-only" && transports.includes("identity"));
    expect(open.map(({ template }) => template)).toEqual([
      "/repos/{owner}/{repo}/releases/latest",
      "/repos/{owner}/{repo}/releases/tags/{tag}",
    ]);
  });

  it("gates every search and every log by the pool's policy", () => {
    const gateOf = (template: string): string | undefined =>
      template.startsWith("/search/") ? "allow_search" : template.endsWith("/logs") ? "allow_logs" : undefined;
    for (const { template, gate } of ROUTES) expect(gate).toBe(gateOf(template));
  });
});
