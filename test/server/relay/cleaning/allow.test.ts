import { describe, expect, it } from "vitest";
import { ROUTES } from "../../../../shared/routes/index.ts";
import { hasShape, shapeOf } from "../../../../server/relay/cleaning/allow/index.ts";
import { memberOf, type Shape } from "../../../../server/relay/cleaning/shape.ts";
import { sanitizeJson } from "../../../../server/relay/sanitize.ts";

const READ = ROUTES.filter(({ transports, freshness }) => !transports.includes("none") && freshness.policy !== "log");

/** Every name that a shape holds, with where it stands. A shape that holds itself would not end. */
function* namesIn(shape: Shape, at: string): Generator<readonly [string, string]> {
  if (typeof shape === "string") return;
  if (shape.kind === "data") return yield* namesIn(shape.of, `${at}.*`);
  for (const [name, held] of shape.members) {
    yield [name, at];
    yield* namesIn(held, `${at}.${name}`);
  }
}

/** What 3-github forbids by name, however it is spelled here. `permissions` of a license is what everybody may do. */
const FORBIDDEN =
  /^(role_name|temp_clone_token|security_and_analysis|bypass_actors|custom_properties|parent_issue_url|sub_issues_summary|issue_dependencies_summary|notification_email|requested_team|viewer_.*|current_user_can_.*|two_factor_.*|allow_(?!ed).*|delete_branch_on_merge|use_squash_pr_title_as_default|.*squash_merge_.*|merge_commit_(title|message)|plan|collaborators|disk_usage|ldap_dn|business_plus|private_.*|.*_private_repos|owned_private_repos|user_view_type)$/;

describe("the fields that may stay", () => {
  it.each(READ.map(({ kind, template, operations }) => ({ kind, template, operations })))(
    "are written down for $kind $template, and none is forbidden",
    (row) => {
      expect(hasShape(row)).toBe(true);
      const bad = [...namesIn(shapeOf(row, 200), "")].filter(([name]) => FORBIDDEN.test(name));
      expect(bad).toEqual([]);
    },
  );

  it("hold `permissions` only of a license", () => {
    const holding = READ.filter((row) => [...namesIn(shapeOf(row, 200), "")].some(([name]) => name === "permissions"));
    expect(holding.map(({ kind }) => kind)).toEqual(["license_view"]);
  });

  it("hold nothing that is rendered for the asker", () => {
    const rendered = READ.filter((row) =>
      [...namesIn(shapeOf(row, 200), "")].some(([name]) => name === "body_html" || name === "body_text"),
    );
    expect(rendered).toEqual([]);
  });

  it("are none where nobody wrote a row's down", () => {
    const shape = shapeOf({ operations: ["repos/invented"] }, 200);
    expect(memberOf(shape, "id")).toBeUndefined();
    expect(sanitizeJson('{"id":1}', "identity", { shape })).toMatchObject({ text: "{}" });
  });

  it.each([404, 410, 422, 451])("of a %i are GitHub's words on it", (status) => {
    const shape = shapeOf({ operations: ["repos/get"] }, status);
    const text = '{"message":"No","documentation_url":"https://x","status":"404","full_name":"acme/secret"}';
    expect(sanitizeJson(text, "identity", { shape })).toMatchObject({
      text: '{"message":"No","documentation_url":"https://x","status":"404"}',
    });
  });
});

describe("an answer that a credential read", () => {
  const shape = shapeOf({ operations: ["repos/list-for-user"] }, 200);
  const clean = (text: string) => sanitizeJson(text, "public_only", { shape });

  it("loses what no shape knows, however it is nested", () => {
    const text = '[{"id":1,"note":{"a":[{"id":2}]},"owner":{"login":"ada","note":"x","id":7},"topics":["a",{"b":1}]}]';
    expect(clean(text)).toEqual({
      kind: "clean",
      text: '[{"id":1,"owner":{"login":"ada","id":7},"topics":["a"]}]',
      filtered: true,
    });
  });

  it("loses an object where a plain value belongs", () => {
    expect(clean('[{"id":{"secret":1},"name":"x"}]')).toMatchObject({ text: '[{"name":"x"}]' });
  });

  it("loses a forbidden name that a shape allows: the forbidden list wins", () => {
    const text =
      '{"role_name":"x","a":{"viewer_can":1,"temp_clone_token":"t"},"full_name":"a/b","private":false,"allow_x":1}';
    expect(sanitizeJson(text, "public_only", { shape: "anything" })).toMatchObject({
      text: '{"a":{},"full_name":"a/b","private":false}',
    });
  });

  it("keeps keys that are data", () => {
    const languages = shapeOf({ operations: ["repos/list-languages"] }, 200);
    const text = '{"C++":1,"plan":2,"weird \\u0022 key":3}';
    expect(sanitizeJson(text, "identity", { shape: languages })).toMatchObject({ text, filtered: false });
  });

  it("keeps every byte of what it keeps", () => {
    const text = '[ {"id" : 1.50e3,\n "name":"\\u00e9 \\/", "fork":false , "x":"\\"}]" } ]';
    expect(clean(text)).toMatchObject({ text: '[ {"id" : 1.50e3,\n "name":"\\u00e9 \\/", "fork":false } ]' });
  });
});
