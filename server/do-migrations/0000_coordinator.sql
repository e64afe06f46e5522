CREATE TABLE `cooldowns` (
	`identity_id` text NOT NULL,
	`scope` text NOT NULL,
	`target` text NOT NULL,
	`cause` text NOT NULL,
	`until` integer NOT NULL,
	PRIMARY KEY(`identity_id`, `scope`, `target`, `cause`)
);
--> statement-breakpoint
CREATE TABLE `rates` (
	`identity_id` text NOT NULL,
	`resource` text NOT NULL,
	`limit` integer NOT NULL,
	`remaining` integer NOT NULL,
	`used` integer NOT NULL,
	`reset_at` integer NOT NULL,
	`read_at` integer NOT NULL,
	`burn_per_second` real NOT NULL,
	PRIMARY KEY(`identity_id`, `resource`)
);
--> statement-breakpoint
CREATE TABLE `setbacks` (
	`identity_id` text PRIMARY KEY NOT NULL,
	`unauthorized_streak` integer NOT NULL,
	`secondary_streak` integer NOT NULL,
	`last_error_cause` text,
	`last_error_at` integer
);
--> statement-breakpoint
CREATE TABLE `starts` (
	`id` integer PRIMARY KEY NOT NULL,
	`epoch` integer NOT NULL
);
