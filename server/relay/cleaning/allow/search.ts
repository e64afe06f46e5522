/**
 * What searches find. Evidence: the same searches without a credential, but for code, which GitHub searches for
 * credentials only: of what it finds the fields are those of the file and of the repository.
 */
import { extend, fields, type Fields, type Shape } from "../shape.ts";
import { commit } from "./commits.ts";
import { issue } from "./issues.ts";
import { user } from "./people.ts";
import { minimalRepository, repository } from "./repositories.ts";

const text_matches = fields("object_url object_type property fragment", { matches: fields("text indices") });

const found = (items: Fields) =>
  fields("total_count incomplete_results", { items: extend(items, "score", { text_matches }) });

export const SEARCH: Readonly<Record<string, Shape>> = {
  "search/issues-and-pull-requests": found(issue),
  "search/code": found(
    fields("name path sha url git_url html_url file_size language last_modified_at line_numbers", {
      repository: minimalRepository,
    }),
  ),
  "search/commits": found(extend(commit, "", { repository: minimalRepository })),
  "search/repos": found(repository),
  "search/users": found(user),
  "search/topics": found(
    fields(
      "name display_name short_description description created_by released created_at updated_at featured curated",
      {},
    ),
  ),
};
