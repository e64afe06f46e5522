/** What operators do, in words. */

export const ACTION_WORDS: Readonly<Record<string, string>> = {
  "cache.purge": "Purged",
  "caller.create": "Let in",
  "caller.disable": "Disabled",
  "caller.enable": "Enabled",
  "caller.grant": "Granted the pool",
  "caller.revoke": "Revoked the pool",
  "client.revoke": "Revoked the client",
  "identity.clear_cooldowns": "Cleared cooldowns",
  "identity.delete": "Deleted",
  "identity.pause": "Paused",
  "identity.put": "Added or changed",
  "identity.resume": "Resumed",
  "identity.test": "Tested",
  "operator.set": "Set the role",
  "policy.restore": "Restored the policy",
  "policy.save": "Saved the policy",
  "pool.create": "Created the pool",
};

/** Filters by what was acted on. */
export const NOUNS = [
  { value: "identity", label: "identities" },
  { value: "caller", label: "callers" },
  { value: "client", label: "clients" },
  { value: "operator", label: "operators" },
  { value: "policy", label: "the policy" },
  { value: "cache", label: "the cache" },
  { value: "pool", label: "the pool" },
];
