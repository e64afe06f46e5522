import { walkGroup } from "./walk-group.ts";

walkGroup("commits");
