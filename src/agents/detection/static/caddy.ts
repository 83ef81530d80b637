import type { Recipe, Service } from "../../../plan.ts";

/** What serves built files. */
export const caddyImage = "docker.io/library/caddy:2";

const caddyfile = "/etc/caddy/Caddyfile";
const caddyStart = "caddy run --config /etc/caddy/Caddyfile";

/** Where the files lie in the final image. */
const folder = "/srv";

/** The final stage that serves what the build stage has in `from`; `fallback` answers unknown paths by the first page. */
export function caddyStage(
  from: string,
  fallback: boolean,
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
	file_server {
		hide .git .env .env.*
	}
}
`;
  return {
    runImage: caddyImage,
    files: [{ path: caddyfile, text }],
    runEnv: { XDG_CONFIG_HOME: "/tmp/caddy", XDG_DATA_HOME: "/tmp/caddy" },
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
  const routes = service.routes.filter(({ prefix }) => /^(?:\/[\w.-]{1,64}){1,6}$/.test(prefix));
  if (routes.length === 0) return service;
  const handles = routes.map(
    ({ prefix, service: name, strip }, index) => `	@route${index} path ${prefix} ${prefix}/*
	handle @route${index} {
${strip ? `		uri strip_prefix ${prefix}\n` : ""}		reverse_proxy ${hostOf(name)}:80
	}
`,
  );
  const files = service.recipe.files.map((file) =>
    file.path === caddyfile ? { ...file, text: besideFiles(file.text, handles.join("")) } : file,
  );
  return { ...service, recipe: { ...service.recipe, files } };
}

/** Files are looked for only where no route answers: Caddy would rewrite an unknown path to the first page before it came to the routes. */
function besideFiles(text: string, handles: string): string {
  const at = text.indexOf("\ttry_files");
  const inner = text.slice(at, -2).replaceAll(/^/gm, "\t").trimEnd();
  return `${text.slice(0, at)}${handles}	handle {\n${inner}\n	}\n}\n`;
}
