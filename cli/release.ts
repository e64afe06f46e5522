/** Which release this is. */
declare const OCTOPOOL_VERSION: string | undefined;

/** The bundle has the version built in; the source tree reads its package.json. */
export async function ownVersion(): Promise<string> {
  if (typeof OCTOPOOL_VERSION === "string") return OCTOPOOL_VERSION;
  const manifest = await import("../package.json", { with: { type: "json" } });
  return manifest.default.version;
}

/** True where version `left` comes before `right`, both as numbers with dots. Suffixes after a hyphen are not compared. */
export function isOlder(left: string, right: string): boolean {
  const numbers = (text: string) => (text.split("-")[0] ?? "").split(".").map((part) => Number.parseInt(part, 10) || 0);
  const [mine, theirs] = [numbers(left), numbers(right)];
  for (let place = 0; place < Math.max(mine.length, theirs.length); place += 1) {
    const difference = (mine[place] ?? 0) - (theirs[place] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
