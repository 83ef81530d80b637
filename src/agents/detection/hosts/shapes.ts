import { z } from "zod";
import { isPlainFolder, joined } from "../app-roots.ts";
import { normalPath } from "../source-tree.ts";
import { plainText } from "../plain-text.ts";
import type { HostedVariable } from "./hosted.ts";

/** A shape that hears what it knows and passes over the rest, as another host's file deserves. */
export function lenient<T extends z.ZodType>(shape: T): z.ZodCatch<z.ZodOptional<T>> {
  return shape.optional().catch(undefined);
}

/** A list whose entries that do not fit are left out; at most `length` are looked at. */
export function listOf<T extends z.ZodType>(shape: T, length = 50): z.ZodType<z.output<T>[] | undefined> {
  return lenient(
    z.array(z.unknown()).transform((all) =>
      all.slice(0, length).flatMap((one) => {
        const parsed = shape.safeParse(one);
        return parsed.success ? [parsed.data] : [];
      }),
    ),
  ) as z.ZodType<z.output<T>[] | undefined>;
}

/** A text of at most 2048 characters. */
export const text = lenient(z.string().max(2048));

/** A text, number or truth as a text. */
export const scalar = lenient(z.union([z.string().max(2048), z.number(), z.boolean()]).transform(String));

/** One shell line, or several that are run one after the other. */
export const lines = lenient(
  z
    .union([z.string().max(2048), z.array(z.string().max(2048)).max(16)])
    .transform((said) => [said].flat().join(" && ")),
);

/** A port's number. */
export const port = lenient(z.int().min(1).max(65_535));

/** A shell line on one line; undefined for what is empty, too long, or holds control characters. */
export function lineOf(said: string | undefined): string | undefined {
  const line = said?.replaceAll(/\s*\\?\n\s*/g, " ").trim();
  return line === undefined || line === "" || line.length > 2048 || /\p{Cc}/u.test(line) ? undefined : line;
}

/** Five fields of cron as Kubernetes takes them; undefined for anything else. */
export function scheduleOf(said: string | undefined): string | undefined {
  const known = said?.trim().replaceAll(/[ \t]+/g, " ");
  if (known === undefined || known.length > 64) return undefined;
  if (/^@(?:hourly|daily|weekly|monthly|yearly)$/.test(known)) return known;
  const fields = known.split(" ");
  return fields.length === 5 && fields.every((field) => /^[\dA-Za-z*/,?-]{1,32}$/.test(field)) ? known : undefined;
}

/** A folder that a file names, relative to its own; undefined where it leaves the tree or is no plain name. */
export function folderIn(folder: string, said: string | undefined): string | undefined {
  const path = normalPath(`${folder}/${(said ?? "").replace(/^\/+/, "")}`);
  if (path === undefined) return undefined;
  const plain = joined(".", path);
  return isPlainFolder(plain) ? plain : undefined;
}

/** A path of HTTP; undefined for what is none. */
export function httpPath(said: string | undefined): string | undefined {
  return said !== undefined && /^\/[\w\-./~%?=&:@+,]{0,255}$/.test(said) ? said : undefined;
}

/** Folders that are the image's own: nothing is mounted over them. */
const systemFolder =
  /^\/(?:$|(?:bin|boot|dev|etc|lib\w*|proc|root|run|sbin|sys|usr|app|srv)$|(?:dev|etc|proc|sys|usr)\/)/;

/** Where a disk is mounted, of at most 10 Gi; what a host calls its source folder is ours, `/app`. */
export function volumeOf(
  said: string | undefined,
  gigabytes: number | undefined,
): { readonly name: string; readonly path: string; readonly size?: string } | undefined {
  const path = said?.replace(/^\/opt\/render\/project(?:\/src)?(?=\/|$)/, "/app").replace(/(?<=.)\/+$/, "");
  if (path === undefined || !/^(?:\/[\w.-]{1,64}){1,8}$/.test(path) || path.includes("..") || systemFolder.test(path))
    return undefined;
  const size = gigabytes === undefined || gigabytes < 1 ? {} : { size: `${Math.min(10, Math.round(gigabytes))}Gi` };
  return { name: "data", path, ...size };
}

const variableName = /^[A-Za-z_]\w{0,127}$/;

/** A variable of a file; undefined where its name is none, or is the runtime's version, which others read. */
export function variableOf(
  name: string | undefined,
  rest: Omit<HostedVariable, "name" | "said"> & { readonly said?: string | undefined },
): HostedVariable[] {
  if (name === undefined || !variableName.test(name)) return [];
  // How many programs share the other host's machine, and who builds there.
  if (/^(?:WEB_CONCURRENCY|BUILDPACK_URL)$/.test(name)) return [];
  if (
    /^(?:NODE|PYTHON|GO|RUBY|JAVA|PHP|RUST|BUN|DENO|ELIXIR|ERLANG|DOTNET|PNPM|YARN|NPM|POETRY|UV)_VERSION$/.test(name)
  )
    return [];
  const { said, ...known } = rest;
  return [
    {
      name,
      ...known,
      ...(said === undefined || said.trim() === "" ? {} : { said: plainText(said, 120).replaceAll(/ {2,}/g, " ") }),
    },
  ];
}

/** Variables of a mapping of texts. */
export function literals(all: unknown, from: string): HostedVariable[] {
  if (all === null || typeof all !== "object" || Array.isArray(all)) return [];
  return Object.entries(all)
    .slice(0, 64)
    .flatMap(([name, said]: [string, unknown]) => {
      const value = scalar.parse(said);
      return value === undefined ? [] : variableOf(name, { source: "Literal", value, from });
    });
}
