import { Layer } from "../../failure.ts";
import type { Rule } from "./rule.ts";
import { config } from "./rules/config.ts";
import { cpp } from "./rules/cpp.ts";
import { database } from "./rules/database.ts";
import { dotnet } from "./rules/dotnet.ts";
import { go } from "./rules/go.ts";
import { image } from "./rules/image.ts";
import { java } from "./rules/java.ts";
import { kubernetes } from "./rules/kubernetes.ts";
import { pythonInstall } from "./rules/python-install.ts";
import { pythonRunning } from "./rules/python-running.ts";
import { nodeBuild } from "./rules/node-build.ts";
import { data } from "./rules/data.ts";
import { javaBuild } from "./rules/java-build.ts";
import { network } from "./rules/network.ts";
import { node } from "./rules/node.ts";
import { nodeRunning } from "./rules/node-running.ts";
import { php } from "./rules/php.ts";
import { python } from "./rules/python.ts";
import { pythonPins } from "./rules/python-pins.ts";
import { ruby } from "./rules/ruby.ts";
import { rust } from "./rules/rust.ts";

/** Every family, the particular before the general: within one layer the first that fits is asked first. */
const families: readonly (readonly Rule[])[] = [
  node,
  nodeBuild,
  nodeRunning,
  pythonPins,
  python,
  pythonInstall,
  pythonRunning,
  go,
  java,
  javaBuild,
  ruby,
  php,
  rust,
  dotnet,
  cpp,
  database,
  data,
  config,
  image,
  kubernetes,
  network,
];

/** Every rule, lowest layer first: the lowest broken layer is mended first, higher ones are usually its shadow. */
export const rules: readonly Rule[] = families
  .flat()
  .toSorted((one, other) => Layer.options.indexOf(one.layer) - Layer.options.indexOf(other.layer));

/** The rule of a fix, by its number; undefined for one that no longer is. */
export function ruleOf(id: string): Rule | undefined {
  return rules.find((rule) => rule.id === id);
}
