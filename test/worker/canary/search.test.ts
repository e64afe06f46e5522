import { walkGroup } from "./walk-group.ts";

walkGroup("search");
