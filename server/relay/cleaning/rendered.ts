import type { MediaType } from "../../../shared/routes/spec.ts";
import type { Route } from "../stages.ts";

const RENDERED: ReadonlySet<MediaType> = new Set(["html", "text", "full"]);

/**
 * GitHub renders what people wrote for whoever asks: a reference to a private issue becomes its title for those who see
 * it. Files are rendered the same for all; their rows take the media type `object` as well.
 */
export function isRenderedForAsker({ variant, match }: Pick<Route, "variant" | "match">): boolean {
  return RENDERED.has(variant) && !match.route.mediaTypes.includes("object");
}
