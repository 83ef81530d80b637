import type { Variable } from "../../plan.ts";
import type { HostedVariable } from "../detection/hosts/hosted.ts";
import { plainText } from "../detection/plain-text.ts";
import type { EnvRead } from "./env-read.ts";
import { isPlaceholder } from "./example-file.ts";
import { conventionalValue, isConnection, isOwnSecret, isPlatformName, looksSecret } from "./names.ts";

/** Addresses that another host gave to another installation. */
const otherHosts =
  /\.(?:fly\.dev|fly\.io|internal|flycast|onrender\.com|herokuapp\.com|railway\.app|vercel\.app|netlify\.app|render\.com)\b/;
/** Where hosts keep things that are elsewhere here. */
const otherPlaces = /\/opt\/render\/|^\/rails(?:\/|$)|\$[A-Z_{(]/;

/** What holds for the other host's own address and its encryption: here links are plain http, and databases speak without TLS inside of the cluster. */
const ofTheirPlace =
  /SSL|TLS|HTTPS|COOKIE_SECURE|SECURE_COOKIE|ALLOWED_HOSTS?|DOMAIN|ORIGINS?(?:_|$)|CORS|CSRF_TRUSTED|^(?:PUBLIC|BASE|SITE|APP|ROOT|SERVER|WEB|FRONTEND|BACKEND|NEXTAUTH|AUTH|CANONICAL)_?(?:URL|URI|HOST)$/;

/** Variables that files of other hosts set or have made, as far as that holds anywhere: no secret in the clear, no address of theirs, nothing of the platform's. */
export function setByHosts(hosted: readonly HostedVariable[]): readonly Variable[] {
  return hosted.flatMap(({ name, source, value = "", from, said }): Variable[] => {
    const why = plainText(said === undefined ? `${from} sets it` : `${from} sets it (${said})`);
    if (isPlatformName(name) || conventionalValue(name) !== undefined || isConnection(name)) return [];
    if (ofTheirPlace.test(name)) return [];
    const own = source === "Generated" || (source === "Literal" && isOwnSecret(name));
    if (own)
      return [{ name, source: "Generated", phase: "Run", where: from, why: plainText(`${why}; a secret of its own`) }];
    const fits = source === "Literal" && !looksSecret(name) && !isPlaceholder(value);
    if (!fits || otherHosts.test(value) || otherPlaces.test(value)) return [];
    return [{ name, source: "Literal", value, phase: "Run", where: from, why }];
  });
}

/** The places that read a variable, with a file's word on it: one that a person has to give is needed where the code has no value for it, one that may be left out is not. */
export function asHostsSay(places: readonly EnvRead[], hosted: readonly HostedVariable[]): readonly EnvRead[] {
  const [first] = places;
  const said = hosted.find(({ name }) => name === first?.name);
  if (first === undefined || said === undefined) return places;
  if (said.source === "Spare") return places.map((read) => ({ ...read, required: false }));
  if (said.source !== "Asked" && said.source !== "Usual") return places;
  const hasValue = places.some(({ fallback }) => fallback !== undefined);
  const seen = plainText(
    `${first.seen}; ${said.from} asks for it${said.said === undefined ? "" : `: ${said.said}`}`,
    200,
  );
  return [{ ...first, seen, required: first.required || (said.source === "Asked" && !hasValue) }, ...places.slice(1)];
}
