/** Alert rules and the dashboard speak of metrics and labels that there are. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { metricFamilies } from "../../../server/http/metric-families.ts";

const FILES = ["docs/monitoring/alerts.yml", "docs/monitoring/grafana-dashboard.json"];
const stored = {
  since: 0,
  usage: [],
  audit: { rows: 0, lost: 0, missingBatches: 0, lastAt: null },
  cache: [],
  webhooks: { byEvent: [], lastAt: null },
  coverage: { live: 0, ended: 0 },
  anonymous: [],
  housekeeping: { startedAt: 0, finishedAt: 0, remaining: 0, failed: 0 },
};
const families = metricFamilies(stored, [], "1");
const names = new Set(
  families.flatMap(({ name, type }) =>
    type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  ),
);

describe.each(FILES)("%s", (file) => {
  const text = readFileSync(file, "utf8");

  it("names metrics that are written", () => {
    const spoken = [...new Set(text.match(/octopool_[a-z_]+/g))];
    expect(spoken.length).toBeGreaterThan(10);
    expect(spoken.filter((name) => !names.has(name))).toEqual([]);
  });
});

it("every metric is shown on the dashboard or alerted on, or is told by its name alone", () => {
  const text = FILES.map((file) => readFileSync(file, "utf8")).join("\n");
  const silent = [...names].filter((name) => !text.includes(name)).toSorted();
  expect(silent).toEqual([
    "octopool_audit_last_write_timestamp_seconds",
    "octopool_fills_led_total",
    "octopool_identity_quota_limit",
    "octopool_identity_quota_reset_timestamp_seconds",
    "octopool_quota_units_total",
    "octopool_request_duration_seconds_count",
    "octopool_request_duration_seconds_sum",
    "octopool_requests_coalesced_total",
    "octopool_webhook_last_received_timestamp_seconds",
    "octopool_webhook_visible_seconds_max",
  ]);
});
