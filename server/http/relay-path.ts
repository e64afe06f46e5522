/** The one door whose refusals are written as fallbacks. */
export const RELAY_PATH = "/v1/github/request";
