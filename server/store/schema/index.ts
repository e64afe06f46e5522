/** Every table of the D1 database, a file per noun. `npx drizzle-kit generate` writes migrations/ from here. */
export { auditBatches, auditEvents } from "./audit.ts";
export { cacheEntryKeys, cacheGenerations, githubCacheEntries } from "./cache.ts";
export { callerPools, callers, callerTokens, webSessions } from "./callers.ts";
export { identities, identityScopes } from "./identities.ts";
export { adminEvents, pools } from "./pools.ts";
export { usageDaily, usageHourly, usageRoutesHourly } from "./usage.ts";
export { usageCallers, usageKinds, usagePatterns } from "./usage-sums.ts";
export { githubPublicApiRates, githubPublicRepos } from "./visibility.ts";
export { housekeepingRuns, repoCoverage, webhookDeliveries } from "./webhooks.ts";
