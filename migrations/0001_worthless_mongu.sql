ALTER TABLE `webhook_deliveries` ADD `visible_ms` integer;--> statement-breakpoint
ALTER TABLE `webhook_deliveries` ADD `since_change_ms` integer;