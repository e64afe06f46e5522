/**
 * The hours that are played. The first are a warm-up: the same team, at the end of which the relay holds what one holds
 * that has been running. Nothing in them is measured.
 */
const HOUR = 3_600_000;
export const MEASURED_FROM = Date.UTC(2026, 0, 5, 8);
export const MEASURED_MS = 8 * HOUR;
export const PLAYED_FROM = MEASURED_FROM - 2 * HOUR;
export const PLAYED_UNTIL = MEASURED_FROM + MEASURED_MS;
