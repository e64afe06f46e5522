import { expect, it } from "vitest";
import { releaseNotes } from "../../../scripts/release/notes.ts";

const CHANGELOG = `# Changelog

## Unreleased

- Not yet.

## [0.4.0] - 2026-07-01

### Added

- A thing.

## 0.3.0

- The first.

## 0.2.0
`;

it.each([
  ["0.4.0", "### Added\n\n- A thing.\n"],
  ["0.3.0", "- The first.\n"],
])("the notes of %s are its section, without its heading", (version, notes) => {
  expect(releaseNotes(CHANGELOG, version)).toBe(notes);
});

it.each([
  ["0.9.0", /no section ## 0\.9\.0/],
  ["0.2.0", /is empty/],
  ["0.4", /no section/],
])("there are none of %s", (version, says) => {
  expect(() => releaseNotes(CHANGELOG, version)).toThrow(says);
});
