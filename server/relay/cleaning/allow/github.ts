/**
 * What GitHub tells of itself and of the world, advisories and statistics. Evidence: documentation says of the first that
 * they need no credential; statistics count public commits. Left out: `source_repository_url` of a dependency, which may
 * be a private repository, and of an advisory those who work on it.
 */
import { data, extend, fields, type Shape } from "../shape.ts";
import { user } from "./people.ts";
import { license } from "./repositories.ts";

const conduct = fields("key name url html_url body");
const score = fields("vector_string score");

const advisory = fields(
  `id ghsa_id cve_id url html_url repository_advisory_url summary description type severity source_code_location references
   published_at updated_at github_reviewed_at nvd_published_at withdrawn_at`,
  {
    identifiers: fields("type value"),
    vulnerabilities: fields("first_patched_version patched_versions vulnerable_version_range vulnerable_functions", {
      package: fields("ecosystem name"),
    }),
    cvss: score,
    cvss_severities: fields("", { cvss_v3: score, cvss_v4: score }),
    cwes: fields("cwe_id name"),
    epss: fields("percentage percentile"),
    credits: fields("login type", { user }),
  },
);

const sbom = fields("SPDXID spdxVersion name dataLicense documentNamespace comment", {
  creationInfo: fields("created creators"),
  packages: fields(
    `name SPDXID versionInfo downloadLocation filesAnalyzed licenseConcluded licenseDeclared copyrightText supplier`,
    { externalRefs: fields("referenceCategory referenceType referenceLocator") },
  ),
  relationships: fields("relationshipType spdxElementId relatedSpdxElement"),
});

export const GITHUB: Readonly<Record<string, Shape>> = {
  "emojis/get": data("leaf"),
  "meta/get": fields(
    `verifiable_password_authentication ssh_keys hooks github_enterprise_importer web api git packages pages importer actions
     actions_macos codespaces dependabot copilot commit_signing_keys`,
    { ssh_key_fingerprints: data("leaf"), domains: "anything" },
  ),
  "meta/get-all-versions": "leaf",
  "licenses/get-all-commonly-used": license,
  "licenses/get": extend(license, "description implementation permissions conditions limitations body featured"),
  "gitignore/get-all-templates": "leaf",
  "gitignore/get-template": fields("name source"),
  "codes-of-conduct/get-all-codes-of-conduct": conduct,
  "security-advisories/list-global-advisories": advisory,
  "security-advisories/get-global-advisory": advisory,
  "security-advisories/list-repository-advisories": extend(advisory, "state created_at closed_at cwe_ids", {
    author: user,
    publisher: user,
    credits_detailed: fields("type state", { user }),
  }),
  "dependency-graph/diff-range": fields("change_type manifest ecosystem name version package_url license scope", {
    vulnerabilities: fields("severity advisory_ghsa_id advisory_summary advisory_url"),
  }),
  "dependency-graph/export-sbom": fields("", { sbom }),
  "repos/get-contributors-stats": fields("total", { author: user, weeks: fields("w a d c") }),
  "repos/get-commit-activity-stats": fields("days total week"),
  "repos/get-code-frequency-stats": "leaf",
  "repos/get-participation-stats": fields("all owner"),
  "repos/get-punch-card-stats": "leaf",
};
