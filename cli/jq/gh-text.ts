/** Values as gh prints them under --jq (export.FilterJSON): strings bare, null as nothing, the rest as Go's JSON. */

/** One result, without the end of its line. */
export function ghLine(value: unknown): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number") return ghNumber(value);
  return goEscaped(sortedJson(value));
}

/** A whole number in full, another with two decimals: gh's choice, whatever is lost by it. */
function ghNumber(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  // Only an odd eighth lies midway between two hundredths: there Go takes the even one, and toFixed the larger.
  if (!Number.isInteger(value * 8) || Number.isInteger(value * 4)) return value.toFixed(2);
  const below = Math.floor(value * 100);
  return ((below % 2 === 0 ? below : below + 1) / 100).toFixed(2);
}

/** JSON without white space, the keys of every object in order: Go's maps have no other. */
export function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([left], [right]) => Buffer.compare(bytes(left), bytes(right)));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${sortedJson(member)}`).join(",")}}`;
}

const bytes = (text: string) => Buffer.from(text, "utf8");

/** Go writes what could end a script element, and the two line ends of JavaScript, as escapes. */
function goEscaped(json: string): string {
  return json.replaceAll(/[<>&\u2028\u2029]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
