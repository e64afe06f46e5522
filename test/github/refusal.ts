import type { WorldAnswer } from "./question.ts";

export const JSON_TYPE = "application/json; charset=utf-8";

/** A GitHub error body: 404 hides what may not be seen. */
export function refusal(status: number, message: string, page = "rest"): WorldAnswer {
  const body = { message, documentation_url: `https://docs.github.com/${page}`, status: String(status) };
  return { status, contentType: JSON_TYPE, body: JSON.stringify(body), hasEtag: false, mediaFormat: "json" };
}

export function notFound(): WorldAnswer {
  return refusal(404, "Not Found");
}

/** The primary limit is spent. `whom`: `user ID 101` or an address. */
export function quotaSpent(whom: string, isAnonymous: boolean): WorldAnswer {
  const advice = isAnonymous
    ? "(But here's the good news: Authenticated requests get a higher rate limit. Check out the documentation for more details.)"
    : "If you reach out to GitHub Support for help, please include the request ID.";
  const page = "rest/overview/rate-limits-for-the-rest-api";
  return refusal(403, `API rate limit exceeded for ${whom}. ${advice}`, page);
}

/** A limit that is not announced (docs.github.com, "About secondary rate limits"). */
export function secondaryLimit(status: 403 | 429, retryAfter: number | undefined): WorldAnswer {
  const message =
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. " +
    "If you reach out to GitHub Support for help, please include the request ID.";
  const answer = refusal(status, message, "rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits");
  return retryAfter === undefined ? answer : { ...answer, headers: { "retry-after": String(retryAfter) } };
}
