/** Path templates: their parameters, and a template filled in again for GitHub or for the cache key. */
import { encodeSegment } from "../route-path.ts";
import { ruleOf } from "./parameters.ts";

interface TemplatePart {
  /** With its leading slash; of a parameter, the braces as they stand. */
  readonly text: string;
  readonly parameter?: string;
  readonly foldsCase: boolean;
  readonly takesRest: boolean;
}

/** The parameter name of a template segment, or undefined for a static one. */
export function parameterOf(segment: string): string | undefined {
  return segment.startsWith("{") && segment.endsWith("}") ? segment.slice(1, -1) : undefined;
}

/** True where the parameter is the rest of the path: `{path}`, `{dir}`, and the `{ref}` of the git database (2-wire). */
export function isRest(segments: readonly string[], at: number): boolean {
  const name = parameterOf(segments[at] ?? "");
  return name === "path" || name === "dir" || (name === "ref" && segments[at - 2] === "git");
}

const splitTemplates = new Map<string, readonly TemplatePart[]>();

/** Each template is split once; there are as many as rows. */
function partsOf(template: string): readonly TemplatePart[] {
  const known = splitTemplates.get(template);
  if (known !== undefined) return known;
  const segments = template.slice(1).split("/");
  const parts = segments.map((segment, at): TemplatePart => {
    const parameter = parameterOf(segment);
    const text = `/${segment}`;
    if (parameter === undefined) return { text, foldsCase: false, takesRest: false };
    return { text, parameter, foldsCase: ruleOf(parameter).foldsCase === true, takesRest: isRest(segments, at) };
  });
  splitTemplates.set(template, parts);
  return parts;
}

/**
 * The path of a template with its parameters escaped, in the caller's case (`asked`) or lower-cased where case has no
 * meaning (`folded`). A rest parameter keeps its slashes, so that `docs%2Fa` and `docs/a` are one question; any other
 * escapes them. A parameter without a value keeps its braces, which name nothing at GitHub.
 */
export function fillTemplate(
  template: string,
  params: Readonly<Record<string, string>>,
  as: "asked" | "folded",
): string {
  let path = "";
  for (const part of partsOf(template)) {
    const given = part.parameter === undefined ? undefined : params[part.parameter];
    if (given === undefined) path += part.text;
    else path += encodeValue(as === "folded" && part.foldsCase ? given.toLowerCase() : given, part.takesRest);
  }
  return path;
}

const encodeValue = (value: string, takesRest: boolean): string =>
  takesRest ? `/${value.split("/").map(encodeSegment).join("/")}` : `/${encodeSegment(value)}`;
