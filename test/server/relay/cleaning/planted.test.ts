/** Private things planted anywhere in GitHub's own examples: whatever the cleaner lets through, the marker is not in it. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { shapeOf } from "../../../../server/relay/cleaning/allow/index.ts";
import { References, type Own } from "../../../../server/relay/cleaning/references.ts";
import { memberOf, type Shape } from "../../../../server/relay/cleaning/shape.ts";
import { sanitizeJson, type Reader } from "../../../../server/relay/sanitize.ts";
import { EXAMPLES, type Example } from "./corpus-bodies.ts";
import { withoutForbidden, withoutUnlisted } from "./forbidden-model.ts";

const MARKER = "zebra-marker-planted";
const API = "https://api.github.com/repos/other/secret";
const OWN: Own = { names: new Set(["octocat/hello-world"]), repositoryId: 1_296_269 };
const HIDDEN = new Set(["other/secret"]);
const RUNS = 500;

type Members = Record<string, unknown>;
/** As `isMembers`, of what may be changed. */
const isObject = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const secretRepository = { id: 9, full_name: `other/${MARKER}`, private: true, node_id: "R", description: MARKER };
const belongs = { title: MARKER, body: MARKER, name: MARKER, message: MARKER };

/** Private wherever it stands. What has no address of its own says otherwise that it is private. */
const OBJECTS: Readonly<Record<string, Members>> = {
  "a private repository": secretRepository,
  "one that does not say": { id: 9, full_name: `other/${MARKER}`, node_id: "R", description: MARKER },
  "an issue of a private repository": { ...belongs, repository_url: API, url: `${API}/issues/1` },
  "a pull of one": { ...belongs, html_url: "https://github.com/Other/Secret/pull/1", merged_at: MARKER },
  "a commit of one": { ...belongs, sha: MARKER, url: `${API}/commits/1` },
  "an object of one, by its number": { ...belongs, url: "https://api.github.com/repositories/99/issues/1" },
  "what links to one": { ...belongs, url: `${API}{/sha}` },
};
/** Private as an element of a list, since it says so. */
const ELEMENTS: Readonly<Record<string, Members>> = {
  ...OBJECTS,
  "a draft": { ...belongs, tag_name: MARKER, draft: true },
  "a pending review": {
    ...belongs,
    state: "PENDING",
    pull_request_url: "https://api.github.com/x",
    submitted_at: null,
  },
  "what happened in private": { id: MARKER, type: "PushEvent", public: false, payload: { ref: MARKER } },
  "who was made a member": { id: MARKER, type: "MemberEvent", public: true, payload: { member: { login: MARKER } } },
};
const FORBIDDEN = [
  "role_name temp_clone_token security_and_analysis bypass_actors custom_properties parent_issue_url sub_issues_summary",
  "issue_dependencies_summary notification_email requested_team permissions viewer_can_see current_user_can_approve",
  "two_factor_authentication unheard_of_field",
].flatMap((names) => names.split(" "));

/** Where and what: `seed` picks the place among as many as there are. */
interface Plant {
  readonly how: "beside" | "instead" | "among";
  readonly what: Members;
  readonly key: string;
  readonly seed: number;
}

const plant: fc.Arbitrary<Plant> = fc.oneof(
  fc.record({
    how: fc.constant("beside" as const),
    what: fc.constantFrom<Members>(belongs, secretRepository, { deep: [{ er: belongs }] }),
    key: fc.constantFrom(...FORBIDDEN),
    seed: fc.nat(),
  }),
  fc.record({
    how: fc.constant("instead" as const),
    what: fc.constantFrom(...Object.values(OBJECTS)),
    key: fc.constant(""),
    seed: fc.nat(),
  }),
  fc.record({
    how: fc.constant("among" as const),
    what: fc.constantFrom(...Object.values(ELEMENTS)),
    key: fc.constant(""),
    seed: fc.nat(),
  }),
);

/** Every object of the answer whose fields are known, and every list of objects. What is data (files, a payload) is for all. */
function placesIn(value: unknown, shape: Shape): { readonly objects: Members[]; readonly lists: unknown[][] } {
  const objects: Members[] = [];
  const lists: unknown[][] = [];
  const walk = (each: unknown, within: Shape): void => {
    if (within === "anything") return;
    if (Array.isArray(each)) {
      if (each.some(isObject)) lists.push(each);
      for (const item of each) walk(item, within);
    } else if (isObject(each)) {
      if (within === "leaf" || within.kind === "fields") objects.push(each);
      for (const [name, held] of Object.entries(each)) walk(held, memberOf(within, name) ?? "leaf");
    }
  };
  walk(value, shape);
  return { objects, lists };
}

/** False where this answer has no such place. */
function put(body: unknown, { row }: Example, { how, what, key, seed }: Plant): boolean {
  const { objects, lists } = placesIn(body, shapeOf(row, 200));
  if (how === "among") {
    const list = lists[seed % Math.max(1, lists.length)];
    list?.splice(seed % (list.length + 1), 0, structuredClone(what));
    return list !== undefined;
  }
  const holders = how === "beside" ? objects : objects.filter((one) => Object.values(one).some(isObject));
  const holder = holders[seed % Math.max(1, holders.length)];
  if (holder === undefined) return false;
  const names = Object.keys(holder).filter((name) => isObject(holder[name]));
  holder[how === "beside" ? key : String(names[seed % names.length])] = structuredClone(what);
  return true;
}

const example = fc.constantFrom(...EXAMPLES);

function clean(text: string, { row }: Example, reader: Reader) {
  const shape = shapeOf(row, 200);
  const references = new References(OWN, new Set([...HIDDEN, "#99", `other/${MARKER}`]));
  return sanitizeJson(text, reader, { shape, perPage: 100, ...(reader === "identity" ? { references } : {}) });
}

it("leaves no trace of what is private in an identity's answer, wherever and however often it stands", () => {
  fc.assert(
    fc.property(example, fc.array(plant, { minLength: 1, maxLength: 4 }), fc.nat(2), (one, plants, indent) => {
      const body = structuredClone(one.body);
      fc.pre(plants.map((each) => put(body, one, each)).includes(true));
      const text = JSON.stringify(body, null, indent);
      expect(text).toContain(MARKER);
      const cleaned = clean(text, one, "identity");
      if (cleaned.kind === "refused") return;
      expect(cleaned.text).not.toContain(MARKER);
      expect(() => JSON.parse(cleaned.text) as unknown).not.toThrow();
    }),
    { numRuns: RUNS },
  );
});

/** The examples say that something happened in private: it goes with its element, which the model does not know. */
const FEEDS = new Set(["activity/list-events-for-authenticated-user", "activity/list-received-events-for-user"]);
const inPlace = plant.filter(({ how, what }) => how === "beside" || (how === "instead" && what === secretRepository));

it.each([
  { reader: "anonymous", model: (body: unknown) => withoutForbidden(body) },
  { reader: "public_only", model: (body: unknown, { row }: Example) => withoutUnlisted(body, shapeOf(row, 200)) },
] as const)("cuts exactly what it has to, however the text is spaced: $reader", ({ reader, model }) => {
  const examples = example.filter(({ operation }) => !FEEDS.has(operation));
  fc.assert(
    fc.property(examples, fc.array(inPlace, { maxLength: 4 }), fc.nat(2), (one, plants, indent) => {
      const body = structuredClone(one.body);
      for (const each of plants) put(body, one, each);
      const text = JSON.stringify(body, null, indent);
      const shape = reader === "anonymous" ? {} : { shape: shapeOf(one.row, 200) };
      const cleaned = sanitizeJson(text, reader, { ...shape, perPage: 100 });
      expect(cleaned.kind === "clean" && JSON.parse(cleaned.text)).toEqual(model(body, one));
    }),
    { numRuns: RUNS },
  );
});
