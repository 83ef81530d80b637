import type { Service, Variable } from "../../../plan.ts";
import type { SourceTree } from "../source-tree.ts";
import type { ImageFacts } from "./image-facts.ts";

/** Folders that nginx writes to. */
const nginxFolders = ["/var/cache/nginx", "/run"];

/** Where a server writes that is started as root only to become somebody else; undefined for what may need root. */
export function rootlessOf(image: string): Pick<Service, "rootless"> {
  return /(?:^|\/)nginx(?::|@|$)/.test(image) ? { rootless: nginxFolders } : {};
}

/** A command that makes a program first, each time it is started: with the time and the memory of a build. */
const buildsFirst =
  /(?:^|[\s"'[,&|;(])(?:cargo["',\s]+(?:run|watch)|go["',\s]+run|(?:\.\/)?mvnw?["',\s]+\S*(?:spring-boot:run|quarkus:dev|jetty:run)|(?:\.\/)?gradlew?["',\s]+\S*(?:bootRun|run)|dotnet["',\s]+(?:run|watch)|sbt["',\s]+run|ng["',\s]+serve|vue-cli-service["',\s]+serve|react-scripts["',\s]+start|craco["',\s]+start|webpack(?:-dev-server|["',\s]+serve)|next["',\s]+dev|nuxt["',\s]+dev|gatsby["',\s]+develop)(?=["',\s\]]|$)/;
/** Watchers of Go, which compile before they run anything. */
const watcher = /^[["'\s]*(?:\S*\/)?(?:air|CompileDaemon|reflex|gow|realize)(?=["',\s\]]|$)/;
const script = /^[["'\s]*(?:npm|yarn|pnpm)["',\s]+(?:run["',\s]+)?(?<name>[\w:.-]{1,40})["'\s\]]*$/;

/** What a development server or a build at the start needs beyond a program that is ready: undefined for any other command. */
export async function buildAtStart(
  tree: SourceTree,
  context: string,
  { command, env }: ImageFacts,
): Promise<Pick<Service, "probe" | "resources" | "env"> | undefined> {
  const line = await commandLine(tree, context, command ?? "");
  if (!buildsFirst.test(line) && !watcher.test(line)) return undefined;
  const isNode = /(?:ng|serve|start|dev|webpack|develop)/.test(buildsFirst.exec(line)?.[0] ?? "");
  return {
    probe: { startupSeconds: 1200 },
    resources: { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "2Gi" } },
    env: isNode && env["NODE_OPTIONS"] === undefined ? [heap] : [],
  };
}

/** Node would take a quarter of its pod's memory. */
const heap: Variable = {
  name: "NODE_OPTIONS",
  source: "Literal",
  value: "--max-old-space-size=1536",
  phase: "Run",
  why: "its development server builds when it is started",
};

/** The command, or the script of package.json that it runs. */
async function commandLine(tree: SourceTree, context: string, command: string): Promise<string> {
  const name = script.exec(command.slice(0, 200))?.groups?.["name"];
  if (name === undefined) return command.slice(0, 1000);
  const text = await tree.read(context === "." ? "package.json" : `${context}/package.json`);
  const found = new RegExp(
    String.raw`"${name.replaceAll(".", String.raw`\.`)}"\s{0,4}:\s{0,4}"(?<line>[^"\n]{1,500})"`,
  ).exec(text ?? "");
  return found?.groups?.["line"] ?? command.slice(0, 1000);
}
