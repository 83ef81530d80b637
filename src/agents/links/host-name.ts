import type { LinkRequest } from "./way.ts";

/** The DNS name of a link: what the person asked for, else `<service>.<run>.<namespace>.<domain>`. */
export function hostNameOf(request: LinkRequest): string | undefined {
  const { run, service, spec, settings } = request;
  const wished = spec.services?.find((wish) => wish.name === service)?.link?.host;
  if (wished !== undefined) return wished;
  const domain = settings.links.domain;
  return domain === undefined ? undefined : `${service}.${run.name}.${run.namespace}.${domain}`;
}

/** Path prefix of a link. */
export function pathOf({ service, spec }: LinkRequest): string {
  return spec.services?.find((wish) => wish.name === service)?.link?.path ?? "/";
}
