import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acceptVariant } from "../../shared/route-accept.ts";
import { ROUTES } from "../../shared/routes/index.ts";
import type { MediaType, RouteSpec } from "../../shared/routes/spec.ts";

/** A row that takes every media type there is, and one that takes JSON only. */
const EVERY: RouteSpec = {
  ...onlyJson(),
  mediaTypes: [
    "json",
    "diff",
    "patch",
    "raw",
    "html",
    "text",
    "full",
    "sha",
    "text-match",
    "object",
    "star",
    "octet-stream",
  ],
};

function onlyJson(): RouteSpec {
  const row = ROUTES.find(({ kind }) => kind === "label_view");
  if (row === undefined) throw new Error("no row label_view");
  return row;
}

describe("every spelling of JSON is one variant with one spelling for GitHub", () => {
  it.each([
    undefined,
    "",
    "*/*",
    "application/*",
    "application/json",
    "Application/JSON",
    "application/json; charset=utf-8",
    "application/vnd.github+json",
    "application/vnd.github.v3+json",
    "application/vnd.github.v3+json; charset=utf-8",
    "application/vnd.github.v3",
    "application/vnd.github.beta+json",
    "application/vnd.github.merge-info-preview+json, application/vnd.github.nebula-preview",
    "application/vnd.github.antiope-preview+json",
    "application/vnd.github.v3+json, application/vnd.github.corsair-preview+json",
    "application/json, */*;q=0.8",
    "application/vnd.github+json,*/*",
    "text/html;q=0.3, application/json",
  ])("%s", (accept) => {
    expect(acceptVariant(onlyJson(), accept)).toEqual({
      variant: "json",
      upstreamAccept: "application/vnd.github+json",
    });
  });
});

describe("other representations", () => {
  it.each<[string, MediaType, string]>([
    ["application/vnd.github.v3.diff", "diff", "application/vnd.github.diff"],
    ["application/vnd.github.v3.diff; charset=utf-8", "diff", "application/vnd.github.diff"],
    ["application/vnd.github.diff", "diff", "application/vnd.github.diff"],
    ["application/vnd.github.v3.patch", "patch", "application/vnd.github.patch"],
    ["application/vnd.github.raw+json", "raw", "application/vnd.github.raw+json"],
    ["application/vnd.github.raw", "raw", "application/vnd.github.raw+json"],
    ["application/vnd.github.v3.raw", "raw", "application/vnd.github.raw+json"],
    ["application/vnd.github-commitcomment.raw+json", "raw", "application/vnd.github.raw+json"],
    ["application/vnd.github.html+json", "html", "application/vnd.github.html+json"],
    ["application/vnd.github.text+json", "text", "application/vnd.github.text+json"],
    ["application/vnd.github.squirrel-girl-preview.full+json", "full", "application/vnd.github.full+json"],
    ["application/vnd.github.sha", "sha", "application/vnd.github.sha"],
    ["application/vnd.github.object", "object", "application/vnd.github.object+json"],
    ["application/vnd.github.star+json", "star", "application/vnd.github.star+json"],
    ["application/vnd.github.text-match+json", "text-match", "application/vnd.github.text-match+json"],
    ["application/octet-stream", "octet-stream", "application/octet-stream"],
    ["application/vnd.github.diff, */*", "diff", "application/vnd.github.diff"],
    ["application/json;q=0.5, application/vnd.github.raw", "raw", "application/vnd.github.raw+json"],
    ["application/vnd.github.raw;q=0.2, application/vnd.github.html;q=0.9", "html", "application/vnd.github.html+json"],
  ])("%s is %s", (accept, variant, upstreamAccept) => {
    expect(acceptVariant(EVERY, accept)).toEqual({ variant, upstreamAccept });
  });
});

describe("a media type the row does not take is refused", () => {
  it.each([
    "application/vnd.github.diff",
    "application/octet-stream",
    "application/vnd.github.base64+json",
    "application/vnd.github.json",
    "application/vnd.github.octet-stream",
    "application/vnd.github.v4+json",
    "application/vnd.github.raw.html",
    "application/vnd.githubx+json",
    "application/vnd.github.__proto__",
    "text/html",
    "text/html, application/json;q=0.9",
    "application/json, application/vnd.github.raw",
    "application/json;q=0",
    "application/json;q=2",
    "application/json;q=nan",
    `application/json${" ".repeat(600)}`,
  ])("%s", (accept) => {
    expect(acceptVariant(onlyJson(), accept)).toBeUndefined();
  });
});

it("an asset is described as JSON or sent as bytes", () => {
  const asset = ROUTES.find(({ kind }) => kind === "release_asset");
  expect(asset && acceptVariant(asset, "*/*")?.variant).toBe("json");
  expect(asset && acceptVariant(asset, "application/octet-stream")?.variant).toBe("octet-stream");
});

it("never throws, whatever the header, and never leaves the row's media types", () => {
  const part = fc.constantFrom(
    "application/",
    "vnd.github",
    ".raw",
    "+json",
    ";q=",
    "0.5",
    ",",
    "*/*",
    "-preview",
    " ",
  );
  const anyAccept = fc.oneof(
    fc.string(),
    fc.array(part).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(fc.constantFrom(...ROUTES), anyAccept, (row, accept) => {
      const found = acceptVariant(row, accept);
      expect(found === undefined || row.mediaTypes.includes(found.variant)).toBe(true);
    }),
  );
});
