import type { Rule } from "./rule.ts";
import { devDependencies } from "./rules/dev-dependencies.ts";
import { ends } from "./rules/ends.ts";
import { lockFile } from "./rules/lock-file.ts";
import { loopback } from "./rules/loopback.ts";
import { missingModule } from "./rules/missing-module.ts";
import { runtime } from "./rules/runtime.ts";
import { start } from "./rules/start.ts";
import { systemLibraries } from "./rules/system-libraries.ts";

/** Every rule, lowest layer first: the lowest broken layer is mended first, higher ones are usually its shadow. */
export const rules: readonly Rule[] = [
  ...runtime,
  ...systemLibraries,
  ...lockFile,
  ...devDependencies,
  ...missingModule,
  ...start,
  ...ends,
  ...loopback,
];
