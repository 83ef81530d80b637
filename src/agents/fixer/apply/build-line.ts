import type { BuildFlag, BuildStep, SkippedStep } from "../../../fix.ts";
import type { Recipe, Service } from "../../../plan.ts";

const hooks = {
  HUSKY: "0",
  HUSKY_SKIP_INSTALL: "1",
  LEFTHOOK: "0",
  SKIP_SIMPLE_GIT_HOOKS: "1",
  PRE_COMMIT_ALLOW_NO_CONFIG: "1",
};
const browsers = {
  PUPPETEER_SKIP_DOWNLOAD: "true",
  PUPPETEER_SKIP_CHROMIUM_DOWNLOAD: "true",
  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1",
  CYPRESS_INSTALL_BINARY: "0",
  ELECTRON_SKIP_BINARY_DOWNLOAD: "1",
  CHROMEDRIVER_SKIP_DOWNLOAD: "true",
  GECKODRIVER_SKIP_DOWNLOAD: "true",
  SENTRYCLI_SKIP_DOWNLOAD: "1",
};

/** Plug-ins of Maven that judge code, each by the switch that it has. */
const mavenChecks =
  "-Dcheckstyle.skip -Dspotless.check.skip -Dspotless.apply.skip -Dfmt.skip -Denforcer.skip -Dlicense.skip -Drat.skip -Dpmd.skip -Dcpd.skip -Dspotbugs.skip -Dfindbugs.skip -Djacoco.skip -Danimal.sniffer.skip -Dformatter.skip -Dimpsort.skip -Dsort.skip -Dmaven.javadoc.skip";

const bundlers = "vite|webpack|rollup|parcel|rspack|rsbuild|astro";

/**
 * Scripts without the compiler that only judges the types before a bundler makes the files: `tsc -b && vite build`, `vue-tsc && …`, and
 * create-vue's `run-p type-check …`.
 */
const withoutTypes = `node -e 'const fs=require("fs"),f="package.json",p=JSON.parse(fs.readFileSync(f,"utf8"));for(const k in p.scripts)p.scripts[k]=p.scripts[k].replace(/(?:npx )?(?:vue-)?tsc\\b[^&|;]*&& *(?=(?:npx )?(?:${bundlers})\\b)/g,"").replace(/\\b(?:npm|pnpm|yarn|bun) (?:run )?(?:type-?check|check-types|tsc) *&& */g,"").replace(/\\brun-p type-check /,"run-p ");fs.writeFileSync(f,JSON.stringify(p))'`;

/** The service built without a step that only judges it; the service itself where its tool has no such step. */
export function withoutStep(service: Service, step: SkippedStep): Service {
  const { recipe, manager } = service;
  if (recipe.dockerfile !== undefined) return service;
  switch (step) {
    case "GitHooks":
      return { ...service, recipe: withoutPrepare({ ...recipe, buildEnv: { ...recipe.buildEnv, ...hooks } }) };
    case "BrowserDownload":
      return { ...service, recipe: { ...recipe, buildEnv: { ...recipe.buildEnv, ...browsers } } };
    case "Tests":
      return {
        ...service,
        recipe: withFlags(recipe, manager?.name, { maven: "-DskipTests -Dmaven.test.skip=true", gradle: "-x test" }),
      };
    case "TypeCheck":
      return recipe.build === null || !/\b(?:npm|pnpm|yarn|bun) run \S*build/.test(recipe.build)
        ? service
        : { ...service, recipe: { ...recipe, build: joined(withoutTypes, recipe.build) } };
    case "Checks":
      return {
        ...service,
        recipe: withFlags(
          { ...recipe, buildEnv: { ...recipe.buildEnv, DISABLE_ESLINT_PLUGIN: "true", ESLINT_NO_DEV_ERRORS: "true" } },
          manager?.name,
          { maven: mavenChecks, gradle: "-x check" },
        ),
      };
  }
}

/** A hook of git that is set up by a `prepare` script needs what only development has. */
function withoutPrepare(recipe: Recipe): Recipe {
  const install = recipe.install?.replace(/^(?=npm (?:ci|install)\b)/, "npm pkg delete scripts.prepare && ") ?? null;
  return { ...recipe, install };
}

function withFlags(recipe: Recipe, tool: string | undefined, flags: Readonly<Record<string, string>>): Recipe {
  const flag = flags[tool ?? ""];
  if (flag === undefined || recipe.build === null || recipe.build.includes(flag)) return recipe;
  const call = tool === "maven" ? /\b(?:mvnw?)\b(?: -B| -ntp)*/ : /(?:\.\/gradlew|\bgradle)\b(?: --no-daemon)*(?= )/;
  return { ...recipe, build: recipe.build.replace(call, (whole) => `${whole} ${flag}`) };
}

/** Next's own switch for its tests: what Google would have answered for a font, here a font of whoever looks at the page. */
const systemFonts = `printf %s 'module.exports=new Proxy({},{get:()=>"@font-face{font-family:System;src:local(Arial),local(Helvetica)}"})' > /tmp/fonts.cjs && export NEXT_FONT_GOOGLE_MOCKED_RESPONSES=/tmp/fonts.cjs`;

/** Shell scripts as a checkout on another system leaves them: without the right to run, and with its line ends. */
const scriptRights =
  "find . -type f \\( -name '*.sh' -o -name mvnw -o -name gradlew -o -path './bin/*' \\) -not -path '*/node_modules/*' -exec sed -i 's/\\r$//' {} + -exec chmod +x {} +";

/** The service with a step before (or after) its build that was missing. */
export function withBuildStep(service: Service, step: BuildStep): Service {
  const { recipe, manager } = service;
  if (recipe.dockerfile !== undefined) return service;
  const before = (line: string): Service => ({ ...service, recipe: { ...recipe, build: joined(line, recipe.build) } });
  switch (step) {
    case "PrismaGenerate":
      return before("npx prisma generate");
    case "ScriptRights":
      return before(scriptRights);
    case "GoTidy":
      return before("go mod tidy");
    case "SystemFonts":
      return before(systemFonts);
    case "BuildScript":
      return recipe.build !== null || manager === null || !["npm", "pnpm", "yarn", "bun"].includes(manager.name)
        ? service
        : before(`${manager.name} run ${manager.name === "yarn" ? "" : "--if-present "}build`);
  }
}

function joined(line: string, build: string | null): string {
  if (build === null) return line;
  return build.startsWith(line) ? build : `${line} && ${build}`;
}

/** The service with a switch of its build tool set. */
export function withBuildFlag(service: Service, flag: BuildFlag): Service {
  const { recipe } = service;
  if (recipe.dockerfile !== undefined) return service;
  const env = (more: Readonly<Record<string, string>>): Service => ({
    ...service,
    recipe: { ...recipe, buildEnv: { ...recipe.buildEnv, ...more } },
  });
  const build = (change: (line: string) => string): Service => ({
    ...service,
    recipe: { ...recipe, build: recipe.build === null ? null : change(recipe.build) },
  });
  switch (flag) {
    case "GoModMod":
      return build((line) =>
        line.includes("-mod=mod") ? line : line.replace(/\bgo build\b(?: -mod=\w+)?/, "go build -mod=mod"),
      );
    case "CgoOn": {
      const on = env({ CGO_ENABLED: "1" });
      const buildPackages = [...new Set([...recipe.buildPackages, "gcc", "libc6-dev"])];
      return { ...on, recipe: { ...on.recipe, buildPackages } };
    }
    case "CgoOff":
      return env({ CGO_ENABLED: "0" });
    case "CMakeOldPolicy": {
      const flagged = build((line) => line.replace(/\bcmake -B\b/, "cmake -DCMAKE_POLICY_VERSION_MINIMUM=3.5 -B"));
      return {
        ...flagged,
        recipe: { ...flagged.recipe, buildEnv: { ...recipe.buildEnv, CMAKE_POLICY_VERSION_MINIMUM: "3.5" } },
      };
    }
    case "OwnMaven":
      return withTool(
        build((line) => line.replace(/(?:sh )?\.\/mvnw\b/, "mvn")),
        "maven:3.9-eclipse-temurin-",
      );
    case "OwnGradle":
      return withTool(
        build((line) => line.replace(/(?:sh )?\.\/gradlew\b/, "gradle")),
        "gradle:jdk",
      );
    case "OneJob":
      return env({
        CARGO_BUILD_JOBS: "1",
        CMAKE_BUILD_PARALLEL_LEVEL: "1",
        MAKEFLAGS: "-j1",
        GOMAXPROCS: "1",
        UV_CONCURRENT_BUILDS: "1",
        npm_config_jobs: "1",
      });
  }
}

/** A build that a wrapper was to fetch its tool for has an image with a JDK only. */
function withTool(service: Service, image: string): Service {
  const java = /\/eclipse-temurin:(?<line>\d+)$/.exec(service.recipe.buildImage ?? "")?.groups?.["line"];
  if (java === undefined) return service;
  return { ...service, recipe: { ...service.recipe, buildImage: `docker.io/library/${image}${java}` } };
}
