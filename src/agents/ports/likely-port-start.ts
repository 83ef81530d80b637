import type { Service } from "../../plan.ts";

/** What a start line says about where the program listens. */
export interface StartPort {
  readonly number?: number;
  readonly readsPort: boolean;
  /** The line itself sets the address. */
  readonly setsHost: boolean;
  readonly hostVariable?: string;
}

/** Programs that take their address from a variable of their own, where the line sets none. */
const hostVariables: readonly (readonly [RegExp, string])[] = [
  [/(?:^|[\s;&])uvicorn\s/, "UVICORN_HOST"],
  [/(?:^|[\s;&])flask\s+(?:[^&;]*\s)?run\b/, "FLASK_RUN_HOST"],
  [/(?:^|[\s;&])streamlit\s+run\b/, "STREAMLIT_SERVER_ADDRESS"],
  [/(?:^|[\s;&])astro\s+(?:preview|dev)\b|\bserver\/entry\.mjs\b/, "HOST"],
];

/** Reads a shell line: flags for port and address as the usual servers take them. */
export function portOfStart(line: string): StartPort {
  const flag =
    /(?:--(?:server[.-])?port[= ]|(?:^|\s)-p[= ]?|(?:^|\s)-l[= ]|--(?:bind|listen|address)[= ][\w.[\]]*:|(?:^|\s)-b[= ]?[\w.[\]]*:|\bPORT=)(?<number>\d{2,5})\b/.exec(
      line,
    );
  const django = /\brunserver\s+(?:[\w.[\]]+:)?(?<number>\d{2,5})\b/.exec(line);
  const number = Number((flag ?? django)?.groups?.["number"]);
  const setsHost = /0\.0\.0\.0|\[::\]|--host\b|--hostname\b|--bind\b|\s-b\s|\s-H\s|--server\.address/.test(line);
  const hostVariable = setsHost ? undefined : hostVariables.find(([program]) => program.test(line))?.[1];
  return {
    readsPort: /\$\{?PORT\b/.test(line),
    setsHost,
    ...(number >= 1 && number <= 65_535 ? { number } : {}),
    ...(hostVariable === undefined ? {} : { hostVariable }),
  };
}

interface Habit {
  readonly number?: number;
  readonly readsPort: boolean;
  readonly hostVariable?: string;
}

/** What frameworks do when nobody tells them anything. */
const habits: Readonly<Record<string, Habit>> = {
  next: { number: 3000, readsPort: true, hostVariable: "HOSTNAME" },
  nuxt: { number: 3000, readsPort: true, hostVariable: "HOST" },
  remix: { number: 3000, readsPort: true, hostVariable: "HOST" },
  "react-router": { number: 3000, readsPort: true, hostVariable: "HOST" },
  sveltekit: { number: 3000, readsPort: true, hostVariable: "HOST" },
  astro: { number: 4321, readsPort: true, hostVariable: "HOST" },
  nest: { number: 3000, readsPort: false },
  express: { number: 3000, readsPort: false },
  fastify: { number: 3000, readsPort: false },
  koa: { number: 3000, readsPort: false },
  hono: { number: 3000, readsPort: false },
  flask: { number: 5000, readsPort: false },
  bottle: { number: 8080, readsPort: false },
  aiohttp: { number: 8080, readsPort: false },
  tornado: { number: 8888, readsPort: false },
  uvicorn: { number: 8000, readsPort: false },
  "http.server": { number: 8000, readsPort: false },
  nicegui: { number: 8080, readsPort: false },
  dash: { number: 8050, readsPort: true, hostVariable: "HOST" },
  streamlit: { number: 8501, readsPort: false, hostVariable: "STREAMLIT_SERVER_ADDRESS" },
  gradio: { number: 7860, readsPort: false, hostVariable: "GRADIO_SERVER_NAME" },
  gin: { number: 8080, readsPort: false },
  echo: { number: 1323, readsPort: false },
  fiber: { number: 3000, readsPort: false },
  beego: { number: 8080, readsPort: false },
};

/** The port of a framework, where nothing else speaks. */
export function defaultsOf(service: Service): Habit {
  return habits[service.framework ?? ""] ?? { readsPort: false };
}
