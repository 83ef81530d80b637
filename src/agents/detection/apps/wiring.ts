import type { Service, Variable } from "../../../plan.ts";
import { backEndsOf, isPageServer } from "./back-ends.ts";
import { isNear } from "./dev-proxy.ts";

/** Words in front of a variable's name that do not say whose address it is. */
const before = /^(?:NUXT|INTERNAL|PRIVATE|SERVER|SSR|APP)_(?=[A-Z])/;
/** `ORDERS_SERVICE_URL` is the address of `orders`. */
const named =
  /^(?<whose>[A-Z][A-Z0-9_]{0,40}?)(?:_(?:BASE|ROOT|INTERNAL))?_(?<what>URL|URI|ENDPOINT|ORIGIN|ADDR|ADDRESS|HOST|HOSTNAME|PORT)$/;
const generic = /^(?:API|BACKEND|BACK_END|API_BASE|API_SERVER|BACKEND_API|SERVER)$/;
const ends = /[_-](?:SERVICE|SERVER|API|APP|SVC)$/i;
const pagesOnly = /^(?:VITE|REACT_APP|NEXT_PUBLIC|NUXT_PUBLIC|PUBLIC|VUE_APP|NG_APP|EXPO_PUBLIC|GATSBY)_/; // prettier-ignore

/**
 * Gives variables that are another service's address that address, inside the cluster: `http://localhost:4000` where `orders` listens on 4000, or
 * ORDERS_URL. What a person gave stays. `hostOf`: the name under which a service is reached, on port 80.
 */
export function wireServices(services: readonly Service[], hostOf: (name: string) => string): readonly Service[] {
  return services.map((service) => {
    // The address of a page is for people: inside the cluster it would lead them nowhere.
    const others = backEndsOf(services).filter((one) => one.name !== service.name && !isPageServer(one));
    if (others.length === 0) return service;
    const env = service.env.map((variable) => wired(service, variable, others, hostOf));
    return { ...service, env };
  });
}

function wired(
  service: Service,
  variable: Variable,
  others: readonly Service[],
  hostOf: (name: string) => string,
): Variable {
  if (!["Optional", "Needed"].includes(variable.source) || pagesOnly.test(variable.name)) return variable;
  const found = byAddress(variable, others) ?? byName(variable, others, isPageServer(service));
  if (found === undefined) return variable;
  const { name, where } = variable;
  const base = { name, ...(where === undefined ? {} : { where }), why: `the address of ${found.service.name}` };
  // Settings of such a server are read while it is built, when nothing but texts is there.
  if (isPageServer(service) && found.text.startsWith("{url}")) {
    const value = found.text.replace("{url}", `http://${hostOf(found.service.name)}`);
    return { ...base, source: "Literal", value, phase: "Both" };
  }
  return { ...base, source: "Service", of: found.service.name, value: found.text, phase: "Run" };
}

interface Found {
  readonly service: Service;
  readonly text: string;
}

/** The default is an address of a developer's machine at which another service listens. */
function byAddress({ value, name }: Variable, others: readonly Service[]): Found | undefined {
  const match = /^(?:https?:\/\/)?([\w.-]{1,100}):(\d{2,5})((?:\/[\w.-]{1,64}){0,6})\/?$/.exec(value ?? "");
  const [, host = "", port, path = ""] = match ?? [];
  if (match === null || !isNear(host)) return undefined;
  const listening = others.filter((one) => one.name === host || one.port.number === Number(port));
  const [service] = listening;
  if (service === undefined || listening.length !== 1) return undefined;
  const isUrl = (value ?? "").startsWith("http");
  if (!isUrl && /URL|URI/.test(name)) return undefined;
  return { service, text: isUrl ? `{url}${path}` : "{host}:{port}" };
}

function byName({ name }: Variable, others: readonly Service[], isPage: boolean): Found | undefined {
  const parts = named.exec(name.replace(before, ""))?.groups;
  const whose = parts?.["whose"];
  if (whose === undefined) return undefined;
  const bare = whose.replace(ends, "");
  const found =
    others.find((one) => plain(one.name) === whose || plain(one.name) === bare || plain(one.name).replace(ends, "") === bare) ??
    (generic.test(whose) && isPage && others.length === 1 ? others[0] : undefined);
  if (found === undefined) return undefined;
  const what = parts?.["what"] ?? "URL";
  const text = { HOST: "{host}", HOSTNAME: "{host}", PORT: "{port}", ADDR: "{host}:{port}", ADDRESS: "{host}:{port}" }[what];
  return { service: found, text: text ?? "{url}" };
} // prettier-ignore

function plain(name: string): string {
  return name.toUpperCase().replaceAll("-", "_");
}
