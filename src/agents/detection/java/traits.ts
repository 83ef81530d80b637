import type { CodeText } from "../../config/code-text.ts";
import { findInCode } from "../../config/code-text.ts";
import type { ServiceKind } from "../../../plan.ts";
import { portOfSetting, type Setting } from "./spring-settings.ts";

/** What a program does, as its libraries and code tell, whatever builds it. */
export interface Traits {
  readonly kind: ServiceKind;
  readonly framework: string | null;
  readonly because: string;
  readonly where?: string;
  readonly port?: {
    readonly number?: number;
    readonly readsPort: boolean;
    readonly from: "Code" | "Config" | "Framework";
    readonly where?: string;
  };
  /** Definitions by which the framework takes its port and address: `-Dserver.port=$PORT`. */
  readonly definitions: readonly string[];
  /** What stands behind the program: `server config.yml`. */
  readonly arguments: readonly string[];
}

/** What is looked at. */
export interface TraitSource {
  /** `group:artifact` of everything that is there while it runs. */
  readonly libraries: readonly string[];
  readonly sources: readonly CodeText[];
  readonly settings: ReadonlyMap<string, Setting>;
  /** Names of files in the module's folder. */
  readonly files: readonly string[];
  /** The class that is started, where it is known. */
  readonly mainClass?: string | undefined;
}

interface Framework {
  readonly name: string;
  /** Libraries that make a server of it. */
  readonly server: RegExp;
  /** Its own port where nobody says another. */
  readonly port?: number;
  /** The setting that names its port. */
  readonly setting?: string;
  readonly definitions?: readonly string[];
}

/** Frameworks that listen as soon as they run, and how each is told where; the surer first. */
const frameworks: readonly Framework[] = [
  {
    name: "spring-boot",
    server:
      /^org\.springframework\.boot:spring-boot-starter-(?:web(?:flux|mvc|services)?|jersey|data-rest|hateoas|graphql|tomcat|jetty|undertow|reactor-netty)$|^org\.springframework\.cloud:spring-cloud-(?:starter-gateway.*|starter-netflix-eureka-server|config-server|netflix-eureka-server)$|^com\.vaadin:vaadin-spring-boot-starter$|^de\.codecentric:spring-boot-admin-starter-server$|^org\.grails:grails-web-boot$/,
    port: 8080,
    setting: "server.port",
    definitions: ["-Dserver.port=$PORT"],
  },
  {
    name: "quarkus",
    server:
      /^io\.quarkus:quarkus-(?:rest|resteasy|vertx-http|reactive-routes|undertow|smallrye-graphql|grpc|qute-web|websockets|smallrye-health)/,
    port: 8080,
    setting: "quarkus.http.port",
    definitions: ["-Dquarkus.http.host=0.0.0.0", "-Dquarkus.http.port=$PORT"],
  },
  {
    name: "micronaut",
    server:
      /^io\.micronaut(?:\.\w+)?:micronaut-(?:http-server.*|jetty-server|tomcat-server|undertow-server)$|^io\.micronaut:micronaut-http-server-netty$/,
    port: 8080,
    setting: "micronaut.server.port",
    definitions: ["-Dmicronaut.server.port=$PORT"],
  },
  {
    name: "helidon",
    server: /^io\.helidon\.(?:webserver|microprofile\.(?:server|bundles))/,
    port: 8080,
    definitions: ["-Dserver.port=$PORT"],
  },
  { name: "dropwizard", server: /^io\.dropwizard:dropwizard-core$/, port: 8080 },
  {
    name: "play",
    server:
      /^(?:com\.typesafe\.play|org\.playframework):play-(?:netty|pekko-http|akka-http)-server|^(?:com\.typesafe\.play|org\.playframework):play_/,
    port: 9000,
    definitions: ["-Dhttp.port=$PORT"],
  },
  { name: "ktor", server: /^io\.ktor:ktor-server-(?:netty|cio|jetty|tomcat)/, port: 8080 },
  { name: "javalin", server: /^io\.javalin:javalin/, port: 8080 },
  { name: "sparkjava", server: /^com\.sparkjava:spark-(?:core|kotlin)$/, port: 4567 },
  { name: "http4k", server: /^org\.http4k:http4k-server/, port: 8000 },
  { name: "armeria", server: /^com\.linecorp\.armeria:armeria/ },
  { name: "ratpack", server: /^io\.ratpack:ratpack-core$/, port: 5050 },
  { name: "vertx", server: /^io\.vertx:vertx-web$/, port: 8080 },
  { name: "http4s", server: /^org\.http4s:http4s-(?:ember|blaze)-server/, port: 8080 },
  { name: "zio-http", server: /^dev\.zio:zio-http/, port: 8080 },
  { name: "pekko-http", server: /^org\.apache\.pekko:pekko-http(?:_|$)/, port: 8080 },
  { name: "akka-http", server: /^com\.typesafe\.akka:akka-http(?:_|$)/, port: 8080 },
  { name: "cask", server: /^com\.lihaoyi:cask(?:_|$)/, port: 8080 },
  { name: "scalatra", server: /^org\.scalatra:scalatra/, port: 8080 },
  { name: "tomcat", server: /^org\.apache\.tomcat\.embed:tomcat-embed-core$/, port: 8080 },
  { name: "undertow", server: /^io\.undertow:undertow-(?:core|servlet)$/ },
  { name: "jetty", server: /^org\.eclipse\.jetty(?:\.\w+)?:jetty-(?:server|ee\d+-servlet|servlet)$/ },
  { name: "grpc", server: /^io\.grpc:grpc-netty(?:-shaded)?$/ },
];

const springBoot = /^org\.springframework\.boot:spring-boot(?:-starter.*)?$/;

const consumers =
  /^(?:org\.springframework\.boot:spring-boot-starter-(?:amqp|kafka|pulsar|activemq|artemis|quartz)|org\.springframework\.kafka:spring-kafka|org\.springframework\.cloud:spring-cloud-(?:starter-)?stream.*|io\.quarkus:quarkus-(?:messaging.*|smallrye-reactive-messaging.*|scheduler|quartz|kafka-client)|org\.apache\.kafka:kafka-(?:clients|streams)|com\.rabbitmq:amqp-client|org\.quartz-scheduler:quartz)$/;

const listens =
  /\bHttpServer\.create\(|\bnew\s+(?:Simple)?ServerSocket\(|\bServerSocketChannel\.open\(|\bUndertow\.builder\(|\bnew\s+Server\(|\bnew\s+Tomcat\(\)|\bNettyServerBuilder\.|\bServerBuilder\.forPort\(|\bSimpleFileServer\.|\bembeddedServer\(|\bJavalin\.create|\bServerSocket\(|\bcreateHttpServer\(/g;
const loops =
  /\bwhile\s*\(\s*(?:true|!\s*\w*[Tt]hread[\w.()]*isInterrupted\(\)|running)\s*\)|\bfor\s*\(\s*;\s*;\s*\)|\bnewScheduledThreadPool\(|\bnewSingleThreadScheduledExecutor\(|\bscheduleAtFixedRate\(|\bscheduleWithFixedDelay\(|@Scheduled\b|@KafkaListener\b|@RabbitListener\b|@JmsListener\b|@Incoming\(|\bwhile\s+true\s+do\b|\bdelay\(/g;

/** Tells a server from a worker and a job, and where it listens. */
export function traitsOf(source: TraitSource): Traits {
  const { libraries, sources, settings } = source;
  const found = frameworks.find(({ server }) => libraries.some((library) => server.test(library)));
  const boot = libraries.some((library) => springBoot.test(library));
  const nameOf = found?.name ?? (boot ? "spring-boot" : null);
  const listening = firstCall(sources, listens);
  const quiet = found?.name === "spring-boot" && settings.get("spring.main.web-application-type")?.value === "none";
  const needsCall = found !== undefined && found.definitions === undefined && found.name !== "dropwizard";
  if (found !== undefined && !quiet && (!needsCall || sources.length === 0 || startsServer(sources, listening))) {
    const library = libraries.find((one) => found.server.test(one)) ?? found.name;
    const port = portOf(found, source);
    const commands = argumentsOf(found.name, source);
    return {
      kind: "Web",
      framework: found.name,
      because: `${library} is a server`,
      definitions: [...(takesPort(commands) ? [] : (found.definitions ?? [])), ...addresses(found.name, settings)],
      arguments: commands,
      ...(port === undefined ? {} : { port: { ...port, readsPort: port.readsPort || takesPort(commands) } }),
    };
  }
  const rest = { framework: nameOf, definitions: [], arguments: [] };
  if (listening !== undefined) {
    const port = codePort(sources);
    return {
      kind: "Web",
      because: `${listening.call} is called`,
      where: listening.where,
      ...rest,
      ...(port === undefined ? {} : { port }),
    };
  }
  const loop = firstCall(sources, loops);
  const consumer = libraries.find((library) => consumers.test(library));
  if (loop !== undefined) return { kind: "Worker", because: `it goes on (${loop.call})`, where: loop.where, ...rest };
  if (consumer !== undefined) return { kind: "Worker", because: `${consumer} waits for work`, ...rest };
  return { kind: "Job", because: "nothing in it listens", ...rest };
}

function takesPort(words: readonly string[]): boolean {
  return words.some((word) => word.includes("$PORT"));
}

/** A server library alone is often a client's helper: without a call that starts one it is none. */
function startsServer(sources: readonly CodeText[], listening: unknown): boolean {
  const starts =
    /\b(?:listen|start|run|serve|bindAndHandle|newServerAt|EmberServerBuilder|BlazeServerBuilder|embeddedServer|EngineMain|asServer|MainRoutes|Server|get|port|Spark)\b/g;
  return listening !== undefined || sources.some((source) => findInCode(source, starts).length > 0);
}

function portOf(framework: Framework, { settings, sources }: TraitSource): Traits["port"] {
  const setting = framework.setting === undefined ? undefined : settings.get(framework.setting);
  const told = portOfSetting(setting);
  const readsPort = framework.definitions !== undefined || told.readsPort;
  if (setting !== undefined && told.number !== undefined) {
    // A line that passes PORT on wins over the file; the file's number is what people expect.
    return {
      number: told.number,
      readsPort,
      from: framework.definitions === undefined ? "Config" : "Framework",
      where: setting.where,
    };
  }
  const code = framework.definitions === undefined ? codePort(sources) : undefined;
  if (code !== undefined) return code;
  return framework.port === undefined ? undefined : { number: framework.port, readsPort, from: "Framework" };
}

const readsOfPort =
  /\b(?:System\.getenv\(\s*"PORT"\s*\)|System\.getenv\(\)\.(?:getOrDefault|get)\(\s*"PORT"|System\.getenv\(\)\["PORT"\]|sys\.env(?:\.\w+)?\(\s*"PORT"|Env\.\w{1,20}\(\s*"PORT"|getenv\(\s*"PORT"|\w{1,30}\(\s*"PORT"\s*,)(?<rest>[^\n;]{0,120})/g;
const numbersListened: readonly RegExp[] = [
  /\bInetSocketAddress\(\s*(?:"[^"\n]{0,60}"\s*,\s*)?(?<number>\d{2,5})\b/g,
  /\b(?:Simple)?ServerSocket\(\s*(?<number>\d{2,5})\b/g,
  /\bembeddedServer\([^)\n]{0,120}?\bport\s*=\s*(?<number>\d{2,5})\b/g,
  /\bembeddedServer\(\s*\w{1,20}\s*,\s*(?<number>\d{2,5})\b/g,
  /\b(?:forPort|addHttpListener|setPort|start|listen|port|asServer\(\w{1,30}|Server|Netty|Undertow|Jetty|SunHttp|defaultWithPort|withPort|newServerAt\(\s*"[^"\n]{0,60}"\s*,)\(?\s*(?<number>\d{2,5})\b/g,
  /\bport"?\s*(?::\s*Int\s*)?=\s*(?:port")?(?<number>\d{2,5})\b/gi,
];

function codePort(sources: readonly CodeText[]): Traits["port"] {
  for (const source of sources) {
    const [read] = findInCode(source, readsOfPort);
    if (read === undefined) continue;
    const number = Number(/\b(?<digits>\d{2,5})\b/.exec(read.groups["rest"] ?? "")?.groups?.["digits"]);
    const where = `${source.path}:${read.line}`.slice(-256);
    return number >= 1 && number <= 65_535
      ? { number, readsPort: true, from: "Code", where }
      : { readsPort: true, from: "Code", where };
  }
  for (const pattern of numbersListened) {
    for (const source of sources) {
      const [call] = findInCode(source, pattern);
      const number = Number(call?.groups["number"]);
      if (call !== undefined && number >= 1 && number <= 65_535) {
        return { number, readsPort: false, from: "Code", where: `${source.path}:${call.line}`.slice(-256) };
      }
    }
  }
  return undefined;
}

/** An address in the settings that nothing outside of the pod reaches is overruled. */
function addresses(framework: string, settings: ReadonlyMap<string, Setting>): readonly string[] {
  const names: Readonly<Record<string, string>> = {
    "spring-boot": "server.address",
    micronaut: "micronaut.server.host",
  };
  const name = names[framework];
  const value = name === undefined ? undefined : settings.get(name)?.value;
  return name !== undefined && value !== undefined && /^(?:localhost|127\.|::1)/.test(value)
    ? [`-D${name}=0.0.0.0`]
    : [];
}

/** Programs that do nothing without words behind them. */
function argumentsOf(framework: string, { files, sources, mainClass }: TraitSource): readonly string[] {
  if (framework === "dropwizard") {
    const config = files.find(
      (name) => /^[\w-]{1,60}\.ya?ml$/.test(name) && !/docker|compose|travis|mkdocs/.test(name),
    );
    return ["server", ...(config === undefined ? [] : [config])];
  }
  const engine =
    mainClass?.endsWith(".EngineMain") === true || sources.some((one) => findInCode(one, /\bEngineMain\b/g).length > 0);
  return framework === "ktor" && engine ? ["-port=$PORT"] : [];
}

function firstCall(
  sources: readonly CodeText[],
  pattern: RegExp,
): { readonly call: string; readonly where: string } | undefined {
  for (const source of sources) {
    const [match] = findInCode(source, pattern);
    if (match !== undefined) {
      return {
        call: match.whole.replaceAll(/\s+/g, " ").slice(0, 60),
        where: `${source.path}:${match.line}`.slice(-256),
      };
    }
  }
  return undefined;
}
