CREATE TABLE `admin_events` (
	`id` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`pool_id` text NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`before` text,
	`after` text,
	`request_id` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `admin_events_pool_at` ON `admin_events` (`pool_id`,`at`);--> statement-breakpoint
CREATE TABLE `audit_batches` (
	`batch_id` text PRIMARY KEY NOT NULL,
	`isolate_id` text NOT NULL,
	`sequence` integer NOT NULL,
	`rows` integer NOT NULL,
	`lost` integer NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_batches_at` ON `audit_batches` (`at`);--> statement-breakpoint
CREATE TABLE `audit_events` (
	`id` integer PRIMARY KEY NOT NULL,
	`pool_id` text NOT NULL,
	`at` integer NOT NULL,
	`request_id` text NOT NULL,
	`caller_id` text NOT NULL,
	`client_name` text NOT NULL,
	`route_kind` text NOT NULL,
	`route_key` text NOT NULL,
	`identity_id` text NOT NULL,
	`status` integer NOT NULL,
	`error_code` text NOT NULL,
	`fallback_reason` text NOT NULL,
	`cache` text NOT NULL,
	`miss_reason` text NOT NULL,
	`backend` text NOT NULL,
	`quota_units` integer NOT NULL,
	`upstream_calls` integer NOT NULL,
	`coalesced` integer NOT NULL,
	`revalidated` integer NOT NULL,
	`cacheable` integer NOT NULL,
	`duration_ms` integer NOT NULL,
	`detail` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_events_pool_at` ON `audit_events` (`pool_id`,`at`);--> statement-breakpoint
CREATE TABLE `cache_entry_keys` (
	`surrogate_key` text NOT NULL,
	`cache_key` text NOT NULL,
	`pool_id` text NOT NULL,
	PRIMARY KEY(`surrogate_key`, `cache_key`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `cache_entry_keys_entry` ON `cache_entry_keys` (`cache_key`);--> statement-breakpoint
CREATE TABLE `cache_generations` (
	`pool_id` text NOT NULL,
	`surrogate_key` text NOT NULL,
	`generation` integer NOT NULL,
	`bumped_at` integer NOT NULL,
	`scope` text NOT NULL,
	PRIMARY KEY(`pool_id`, `surrogate_key`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `cache_generations_bumped` ON `cache_generations` (`bumped_at`);--> statement-breakpoint
CREATE TABLE `caller_pools` (
	`caller_id` text NOT NULL,
	`pool_id` text NOT NULL,
	`granted_at` integer NOT NULL,
	`revoked_at` integer,
	PRIMARY KEY(`caller_id`, `pool_id`)
);
--> statement-breakpoint
CREATE INDEX `caller_pools_pool` ON `caller_pools` (`pool_id`);--> statement-breakpoint
CREATE TABLE `caller_tokens` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`caller_id` text NOT NULL,
	`client_name` text NOT NULL,
	`created_at` integer NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `caller_tokens_client` ON `caller_tokens` (`caller_id`,`client_name`) WHERE revoked_at IS NULL;--> statement-breakpoint
CREATE INDEX `caller_tokens_revoked` ON `caller_tokens` (`revoked_at`) WHERE revoked_at IS NOT NULL;--> statement-breakpoint
CREATE TABLE `callers` (
	`id` text PRIMARY KEY NOT NULL,
	`github_user_id` integer NOT NULL,
	`github_login` text NOT NULL,
	`login_key` text NOT NULL,
	`name` text NOT NULL,
	`org_login` text NOT NULL,
	`dashboard_role` text NOT NULL,
	`membership_verified_at` integer NOT NULL,
	`membership_denied_at` integer,
	`disabled_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `callers_github_user` ON `callers` (`github_user_id`);--> statement-breakpoint
CREATE INDEX `callers_login` ON `callers` (`login_key`);--> statement-breakpoint
CREATE TABLE `github_cache_entries` (
	`cache_key` text PRIMARY KEY NOT NULL,
	`pool_id` text NOT NULL,
	`route_kind` text NOT NULL,
	`scope` text NOT NULL,
	`path` text NOT NULL,
	`query` text NOT NULL,
	`status` integer NOT NULL,
	`headers` text NOT NULL,
	`encoding` text NOT NULL,
	`body_bytes` integer NOT NULL,
	`stored_bytes` integer NOT NULL,
	`r2_key` text,
	`content_hash` text NOT NULL,
	`identity_id` text,
	`identity_kind` text,
	`backend` text NOT NULL,
	`fetched_at` integer NOT NULL,
	`fresh_until` integer NOT NULL,
	`stale_until` integer NOT NULL,
	`swr_until` integer NOT NULL,
	`generations` text NOT NULL,
	`fence` integer NOT NULL,
	`body` text
);
--> statement-breakpoint
CREATE INDEX `github_cache_entries_stale` ON `github_cache_entries` (`stale_until`);--> statement-breakpoint
CREATE INDEX `github_cache_entries_scope` ON `github_cache_entries` (`pool_id`,`scope`);--> statement-breakpoint
CREATE INDEX `github_cache_entries_kind` ON `github_cache_entries` (`pool_id`,`route_kind`,`fresh_until`,`body_bytes`);--> statement-breakpoint
CREATE INDEX `github_cache_entries_r2` ON `github_cache_entries` (`r2_key`);--> statement-breakpoint
CREATE TABLE `github_public_api_rates` (
	`colo` text NOT NULL,
	`resource` text NOT NULL,
	`limit_` integer NOT NULL,
	`remaining` integer NOT NULL,
	`reset_at` integer NOT NULL,
	`read_at` integer NOT NULL,
	PRIMARY KEY(`colo`, `resource`)
);
--> statement-breakpoint
CREATE INDEX `github_public_api_rates_reset` ON `github_public_api_rates` (`reset_at`);--> statement-breakpoint
CREATE TABLE `github_public_repos` (
	`owner` text NOT NULL,
	`repo` text NOT NULL,
	`public` integer NOT NULL,
	`repository_id` integer,
	`full_name` text,
	`etag` text,
	`asked_by` text NOT NULL,
	`checked_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`owner`, `repo`)
);
--> statement-breakpoint
CREATE INDEX `github_public_repos_id` ON `github_public_repos` (`repository_id`);--> statement-breakpoint
CREATE INDEX `github_public_repos_end` ON `github_public_repos` (`expires_at`);--> statement-breakpoint
CREATE TABLE `housekeeping_runs` (
	`id` integer PRIMARY KEY NOT NULL,
	`started_at` integer NOT NULL,
	`finished_at` integer NOT NULL,
	`report` text NOT NULL,
	`remaining` integer NOT NULL,
	`failed` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `housekeeping_runs_started` ON `housekeeping_runs` (`started_at`);--> statement-breakpoint
CREATE TABLE `identities` (
	`id` text PRIMARY KEY NOT NULL,
	`pool_id` text NOT NULL,
	`kind` text NOT NULL,
	`login` text NOT NULL,
	`secret_ref` text NOT NULL,
	`installation_id` integer,
	`weight` integer NOT NULL,
	`public_only` integer NOT NULL,
	`status` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `identities_pool` ON `identities` (`pool_id`);--> statement-breakpoint
CREATE INDEX `identities_secret` ON `identities` (`secret_ref`);--> statement-breakpoint
CREATE TABLE `identity_scopes` (
	`identity_id` text NOT NULL,
	`owner` text NOT NULL,
	`repo` text NOT NULL,
	`allow_private` integer NOT NULL,
	PRIMARY KEY(`identity_id`, `owner`, `repo`)
);
--> statement-breakpoint
CREATE TABLE `pools` (
	`id` text PRIMARY KEY NOT NULL,
	`policy` text NOT NULL,
	`policy_version` integer NOT NULL,
	`usage_closed_until` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `repo_coverage` (
	`owner` text NOT NULL,
	`repo` text NOT NULL,
	`event` text NOT NULL,
	`source` text NOT NULL,
	`covered_since` integer NOT NULL,
	`ended_at` integer,
	`ended_reason` text,
	PRIMARY KEY(`owner`, `repo`, `event`)
);
--> statement-breakpoint
CREATE TABLE `usage_daily` (
	`pool_id` text NOT NULL,
	`day` integer NOT NULL,
	`caller_id` text NOT NULL,
	`client_name` text NOT NULL,
	`route_kind` text NOT NULL,
	`cache` text NOT NULL,
	`backend` text NOT NULL,
	`identity_id` text NOT NULL,
	`outcome` text NOT NULL,
	`requests` integer NOT NULL,
	`quota_units` integer NOT NULL,
	`coalesced` integer NOT NULL,
	`revalidated` integer NOT NULL,
	`cacheable` integer NOT NULL,
	`eligible` integer NOT NULL,
	`errors` integer NOT NULL,
	`service_errors` integer NOT NULL,
	`fallbacks` integer NOT NULL,
	`saved` integer NOT NULL,
	`backend_requests` integer NOT NULL,
	`last_seen` integer NOT NULL,
	`duration_ms` integer NOT NULL,
	`latency_0` integer NOT NULL,
	`latency_1` integer NOT NULL,
	`latency_2` integer NOT NULL,
	`latency_3` integer NOT NULL,
	`latency_4` integer NOT NULL,
	`latency_5` integer NOT NULL,
	`latency_6` integer NOT NULL,
	`latency_7` integer NOT NULL,
	`latency_8` integer NOT NULL,
	`latency_9` integer NOT NULL,
	PRIMARY KEY(`pool_id`, `day`, `caller_id`, `client_name`, `route_kind`, `cache`, `backend`, `identity_id`, `outcome`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `usage_hourly` (
	`pool_id` text NOT NULL,
	`hour` integer NOT NULL,
	`caller_id` text NOT NULL,
	`client_name` text NOT NULL,
	`route_kind` text NOT NULL,
	`cache` text NOT NULL,
	`backend` text NOT NULL,
	`identity_id` text NOT NULL,
	`outcome` text NOT NULL,
	`requests` integer NOT NULL,
	`quota_units` integer NOT NULL,
	`coalesced` integer NOT NULL,
	`revalidated` integer NOT NULL,
	`cacheable` integer NOT NULL,
	`eligible` integer NOT NULL,
	`errors` integer NOT NULL,
	`service_errors` integer NOT NULL,
	`fallbacks` integer NOT NULL,
	`saved` integer NOT NULL,
	`backend_requests` integer NOT NULL,
	`last_seen` integer NOT NULL,
	`duration_ms` integer NOT NULL,
	`latency_0` integer NOT NULL,
	`latency_1` integer NOT NULL,
	`latency_2` integer NOT NULL,
	`latency_3` integer NOT NULL,
	`latency_4` integer NOT NULL,
	`latency_5` integer NOT NULL,
	`latency_6` integer NOT NULL,
	`latency_7` integer NOT NULL,
	`latency_8` integer NOT NULL,
	`latency_9` integer NOT NULL,
	PRIMARY KEY(`pool_id`, `hour`, `caller_id`, `client_name`, `route_kind`, `cache`, `backend`, `identity_id`, `outcome`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `usage_routes_hourly` (
	`pool_id` text NOT NULL,
	`hour` integer NOT NULL,
	`route_kind` text NOT NULL,
	`route_key` text NOT NULL,
	`cache` text NOT NULL,
	`miss_reason` text NOT NULL,
	`outcome` text NOT NULL,
	`requests` integer NOT NULL,
	`quota_units` integer NOT NULL,
	`coalesced` integer NOT NULL,
	`revalidated` integer NOT NULL,
	`cacheable` integer NOT NULL,
	`eligible` integer NOT NULL,
	`errors` integer NOT NULL,
	`service_errors` integer NOT NULL,
	`fallbacks` integer NOT NULL,
	`saved` integer NOT NULL,
	`backend_requests` integer NOT NULL,
	`last_seen` integer NOT NULL,
	`duration_ms` integer NOT NULL,
	`latency_0` integer NOT NULL,
	`latency_1` integer NOT NULL,
	`latency_2` integer NOT NULL,
	`latency_3` integer NOT NULL,
	`latency_4` integer NOT NULL,
	`latency_5` integer NOT NULL,
	`latency_6` integer NOT NULL,
	`latency_7` integer NOT NULL,
	`latency_8` integer NOT NULL,
	`latency_9` integer NOT NULL,
	PRIMARY KEY(`pool_id`, `hour`, `route_kind`, `route_key`, `cache`, `miss_reason`, `outcome`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `web_sessions` (
	`session_hash` text PRIMARY KEY NOT NULL,
	`caller_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `web_sessions_end` ON `web_sessions` (`expires_at`);--> statement-breakpoint
CREATE INDEX `web_sessions_caller` ON `web_sessions` (`caller_id`);--> statement-breakpoint
CREATE TABLE `webhook_deliveries` (
	`delivery_id` text PRIMARY KEY NOT NULL,
	`event` text NOT NULL,
	`action` text NOT NULL,
	`repository` text NOT NULL,
	`bumped` integer NOT NULL,
	`received_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_received` ON `webhook_deliveries` (`received_at`);