/** Scopes as people write them: one a line, `private` after those that may see private repositories. Pure. */
import type { IdentityForm, IdentityScope } from "../../shared/dashboard/identities.ts";

export function scopesText(scopes: readonly IdentityScope[]): string {
  return scopes
    .map(
      ({ owner, repo, allowPrivate }) => `${owner}${repo === null ? "" : `/${repo}`}${allowPrivate ? " private" : ""}`,
    )
    .join("\n");
}

/** The server checks them; a line that makes no sense is refused there by name. */
export function scopesOf(text: string): IdentityForm["scopes"] {
  return text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const [name = "", word] = line.split(/\s+/);
      const [owner = "", repo] = name.split("/");
      return {
        owner,
        ...(repo === undefined ? {} : { repo }),
        ...(word === "private" ? { allow_private: true } : {}),
      };
    });
}
