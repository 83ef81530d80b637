import type { Recipe, Service } from "../../../plan.ts";
import { withExec } from "../../setup/dockerfile-syntax.ts";

/** What serves built files. */
export const caddyImage = "docker.io/library/caddy:2";

const caddyfile = "/etc/caddy/Caddyfile";
const caddyStart = "caddy run --config /etc/caddy/Caddyfile";

/** Folders that Caddy may write to. */
const scratch = { XDG_CONFIG_HOME: "/tmp/caddy", XDG_DATA_HOME: "/tmp/caddy" };

/** Where the files lie in the final image. */
const folder = "/srv";

/** The final stage that serves what the build stage has in `from`; `fallback` answers unknown paths by the first page; `lists` shows what a folder without a page holds. */
export function caddyStage(
  from: string,
  fallback: boolean,
  lists = false,
): Pick<Recipe, "runImage" | "files" | "runEnv" | "artifacts"> {
  const tries = ["{path}", "{path}.html", "{path}/index.html", ...(fallback ? ["/index.html"] : [])].join(" ");
  // Only what every Caddy 2 knows: `persist_config` came with 2.7, and where it writes is scratch space anyway.
  const text = `{
	admin off
	auto_https off
}

:{$PORT:8080} {
	root * ${folder}
	encode zstd gzip
	try_files ${tries}
	file_server${lists ? " browse" : ""} {
		hide .git .env .env.*
	}
}
`;
  return {
    runImage: caddyImage,
    files: [{ path: caddyfile, text }],
    runEnv: { ...scratch },
    artifacts: [{ from, to: folder }],
  };
}

/** What holds for every service that Caddy serves. */
export const caddyService = {
  start: caddyStart,
  port: { number: 8080, from: "Framework", readsPort: true },
  probe: { path: "/", startupSeconds: 30 },
  resources: { requests: { cpu: "20m", memory: "32Mi" }, limits: { memory: "128Mi" } },
} as const satisfies Partial<Service>;

/** True for a service whose program is Caddy: nothing of the repository's code runs in it. */
export function isServedFiles(service: Service): boolean {
  return service.recipe.runImage === caddyImage;
}

/** The same service with its routes in the Caddyfile, before the files: `hostOf` says where another service is reached, at port 80. */
export function withRoutes(service: Service, hostOf: (name: string) => string): Service {
  const handles = handlesOf(service, hostOf);
  if (handles === "") return service;
  const files = service.recipe.files.map((file) =>
    file.path === caddyfile ? { ...file, text: besideFiles(file.text, handles) } : file,
  );
  return { ...service, recipe: { ...service.recipe, files } };
}

const frontPort = 8080;
/** Where Caddy is taken from, and a copy of it without the right for low ports, which no pod may have. */
const borrowed = "/opt/caddy/official";
const copied = "/opt/caddy/caddy";

/** A server of pages with Caddy before it in the same image: routes are answered elsewhere, all else by the server, which gets another port. */
export function withRoutesInFront(service: Service, hostOf: (name: string) => string): Service {
  const handles = handlesOf(service, hostOf);
  const { recipe, start, port } = service;
  if (handles === "" || start === null || recipe.borrows.length >= 8 || recipe.files.length >= 4) return service;
  const told = /\s(?:-p|--port)[ =](\d{2,5})(?=\s|$)/.exec(start)?.[1];
  const inner = Number(told ?? port.number ?? 3000);
  const outer = inner === frontPort ? frontPort + 1 : frontPort;
  const text = `{
	admin off
	auto_https off
}

:{$PORT:${outer}} {
${handles}	handle {
		reverse_proxy 127.0.0.1:${inner}
	}
}
`;
  return {
    ...service,
    start: `caddy run --config ${caddyfile} & export PORT=${inner}; ${withExec(start)}`,
    port: { number: outer, from: "Framework", readsPort: true },
    recipe: {
      ...recipe,
      borrows: [...recipe.borrows, { image: caddyImage, from: "/usr/bin/caddy", to: borrowed }],
      tools: [...recipe.tools.slice(0, 7), `cp ${borrowed} ${copied}`],
      artifacts: [...recipe.artifacts, { from: copied, to: "/usr/local/bin/caddy" }],
      files: [...recipe.files, { path: caddyfile, text }],
      runEnv: { ...recipe.runEnv, ...scratch },
    },
  };
}

function handlesOf({ routes }: Service, hostOf: (name: string) => string): string {
  return routes
    .filter(({ prefix }) => /^(?:\/[\w.-]{1,64}){1,6}$/.test(prefix))
    .map(
      ({ prefix, service: name, strip }, index) => `	@route${index} path ${prefix} ${prefix}/*
	handle @route${index} {
${strip ? `		uri strip_prefix ${prefix}\n` : ""}		reverse_proxy ${hostOf(name)}:80
	}
`,
    )
    .join("");
}

/** Files are looked for only where no route answers: Caddy would rewrite an unknown path to the first page before it came to the routes. */
function besideFiles(text: string, handles: string): string {
  const at = text.indexOf("\ttry_files");
  const inner = text.slice(at, -2).replaceAll(/^/gm, "\t").trimEnd();
  return `${text.slice(0, at)}${handles}	handle {\n${inner}\n	}\n}\n`;
}
