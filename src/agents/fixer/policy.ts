import type { Action } from "../../fix.ts";
import type { Service } from "../../plan.ts";
import type { RepoRunSpec } from "../../repo-run.ts";

/** Values that are no secrets although their names sound so: what a build is told where only a release has the real one. */
const standIns: Readonly<Record<string, string>> = { SECRET_KEY_BASE_DUMMY: "1" };

const secretName = /(?:SECRET|TOKEN|PASSWORD|PASSWD|API_?KEY|PRIVATE|CREDENTIAL)/i;
/** Variables that make a program load other code than its own. */
const loaders = /^(?:LD_|DYLD_|BASH_ENV$|ENV$|PROMPT_COMMAND$|PERL5(?:OPT|LIB)$|RUBYOPT$|PYTHONSTARTUP$|GIT_SSH)/;

/**
 * Whether an action may be taken at all: inside the closed set, against no word of a person, and with nothing that a log or a model could have
 * smuggled in. Undefined: it may; else why not.
 */
export function refusalOf(action: Action, service: Service, spec: RepoRunSpec | undefined): string | undefined {
  return contradiction(action, service, spec) ?? danger(action, service);
}

function contradiction(action: Action, service: Service, spec: RepoRunSpec | undefined): string | undefined {
  const wish = spec?.services?.find(({ name }) => name === service.name);
  const env = [...(wish?.env ?? []), ...(spec?.env ?? [])];
  const said = (what: string): string => `the spec says ${what} itself`;
  switch (action.kind) {
    case "SetStart":
    case "SetBind":
      return wish?.start === undefined && wish?.command === undefined ? undefined : said("start");
    case "SetRuntime":
      return wish?.runtime?.version === undefined ? undefined : said("runtime.version");
    case "SetKind":
      return wish?.kind === undefined ? undefined : said("kind");
    case "SetPort":
      return wish?.port === undefined ? undefined : said("port");
    case "SetMemory":
      if (action.stage === "Build") return spec?.build?.size === undefined ? undefined : said("build.size");
      return wish?.resources?.limits?.["memory"] === undefined ? undefined : said("resources.limits.memory");
    case "SetEnv":
    case "GenerateSecret":
    case "RequireSecret":
      return env.some(({ name }) => name === action.name) ? said(`env ${action.name}`) : undefined;
    // Nothing in the spec speaks of it.
    case "SetBaseVariant":
    case "AddPackages":
    case "SetInstallMode":
    case "AddDependencies":
    case "SkipStep":
    case "AddBuildStep":
    case "SetBuildFlag":
    case "SetBuildContext":
    case "KeepDevDependencies":
    case "SetBridge":
    case "SetProbe":
    case "AddWritablePath":
    case "AddDatabase":
    case "AddMigration":
    case "AddAlias":
    case "SetConnectionOption":
      return undefined;
  }
}

/** What an argument could be that no table and no plan has; all other actions choose from closed lists. */
function danger(action: Action, service: Service): string | undefined {
  if (action.kind === "SetEnv") {
    if (loaders.test(action.name)) return `${action.name} makes a program load other code`;
    const isSecret = secretName.test(action.name) && standIns[action.name] !== action.value;
    return isSecret ? `${action.name} is a secret: it is generated or asked for` : undefined;
  }
  if (action.kind === "SetStart") {
    const known = service.otherStarts.some(({ line }) => line === action.start);
    return known ? undefined : "this start is none that code has found";
  }
  if (action.kind === "AddPackages" || action.kind === "AddDependencies") {
    const names = action.kind === "AddPackages" ? action.packages : action.dependencies;
    const fit = names.every((each) => /^[a-z0-9][\w.+<>=,[\]-]{0,63}$/i.test(each));
    return fit ? undefined : "this is no name of a package";
  }
  if (action.kind === "AddWritablePath")
    return isOwnPlace(action.path) ? undefined : `${action.path} is no place for a program's data`;
  if (action.kind === "SetBuildContext") {
    const fit = /^(?:\.|[\w@+][\w@+. /-]*)$/.test(action.context) && !action.context.split("/").includes("..");
    return fit ? undefined : "this is no folder of the source";
  }
  if (action.kind === "AddAlias") {
    const fit = /^[a-z][a-z0-9-]{0,62}$/.test(action.alias) && action.alias !== "localhost";
    return fit ? undefined : "this is no name of a service";
  }
  return undefined;
}

/** Folders that programs keep their own things in; nothing that belongs to the image or the system. */
function isOwnPlace(path: string): boolean {
  if (!/^\/[\w./-]{1,200}$/.test(path) || path.split("/").some((part) => part === ".." || part === ".")) return false;
  return /^\/(?:data|logs?|cache|uploads?|storage|media|files|config|run|home|srv|mnt|opt\/[\w.-]+\/(?:data|logs?|cache|uploads?|storage)|var\/(?:lib|log|cache|run|spool|tmp|opt|data|www)|\.[a-z][\w-]*)(?:\/|$)/.test(
    path,
  );
}
