import type { Reason } from "../../../plan.ts";
import type { Detection, Language } from "../language.ts";
import { plainText } from "../plain-text.ts";
import { serviceNameOf } from "../service-name.ts";
import type { SourceTree } from "../source-tree.ts";
import { doubtOf } from "./doubt.ts";
import { factsOf, type ImageFacts, runsAsRoot } from "./image-facts.ts";
import { readDockerfile } from "./instructions.ts";
import { startOfBareImage } from "./bare-runtime.ts";
import { buildAtStart, rootlessOf } from "./server-needs.ts";
import { shellOf } from "./shell-of.ts";
import { unlistedBases } from "./unlisted-bases.ts";
import { newRecipe, newService } from "../new-service.ts";
import { otherProtocols } from "../other-protocols.ts";

/** A repository's own Dockerfile: somebody who knows has said how it is built, so it wins over what was guessed, unless it cannot be built from these sources here. */
export const dockerfile: Language = {
  name: "dockerfile",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    const told = wishes.service?.dockerfile;
    // Whoever says how to install, build or start it wants no other's way.
    const otherwise = [wishes.service?.install, wishes.service?.build, wishes.service?.runtime];
    if (told === undefined && otherwise.some((word) => word !== undefined)) return undefined;
    const file = told ?? (await findDockerfile(tree, path));
    const text = file === undefined ? undefined : await tree.read(file);
    if (file === undefined || text === undefined) return undefined;
    const facts = factsOf(readDockerfile(text));
    if (facts === undefined) return undefined;
    const bare = wishes.service?.start === undefined ? await startOfBareImage(tree, path, facts) : undefined;
    const found = describe(file, path, facts, { start: wishes.service?.start ?? bare, bare: bare !== undefined });
    const needs = wishes.service?.start === undefined ? await buildAtStart(tree, path, facts) : undefined;
    const services = found.services.map((service) => ({ ...service, ...needs }));
    const warnings = [...(found.warnings ?? []), ...unlistedBases(file, facts.bases, wishes.platform)];
    const request = { file, context: path, facts, platform: wishes.platform };
    const doubt = told === undefined ? await doubtOf(tree, request) : undefined;
    return doubt === undefined
      ? { ...found, services, warnings }
      : { ...found, services, warnings, sure: "Likely", doubt };
  },
};

interface Told {
  readonly start: string | undefined;
  /** The Dockerfile starts nothing, and package.json says what. */
  readonly bare: boolean;
}

async function findDockerfile(tree: SourceTree, path: string): Promise<string | undefined> {
  for (const name of ["Dockerfile", "Containerfile", "dockerfile"]) {
    const file = path === "." ? name : `${path}/${name}`;
    if (await tree.has(file)) return file;
  }
  return undefined;
}

function describe(file: string, path: string, facts: ImageFacts, told: Told): Detection {
  const { start, bare } = told;
  // Of several ports the first that a browser could be meant for.
  const exposed = facts.ports.find(({ port }) => !otherProtocols.has(port)) ?? facts.ports[0];
  const base = plainText(facts.base, 120);
  const set = /^\d{1,5}$/.test(facts.env["PORT"] ?? "") ? Number(facts.env["PORT"]) : undefined;
  const usual = /(?:^|\/)(?:nginx|httpd|caddy|traefik)(?::|@|$)/.test(facts.base) ? 80 : undefined;
  const number = exposed?.port ?? set ?? usual;
  const where = exposed === undefined ? file : `${file}:${exposed.line}`;
  const heard = exposed !== undefined ? "EXPOSE" : set !== undefined ? "ENV PORT" : `${base} listens there`;
  const root = runsAsRoot(facts);
  const byShell = start === undefined ? shellOf(facts.command ?? "") : undefined;
  const why: Reason[] = [
    { about: "build", value: file, because: `the repository has its own Dockerfile (${base})`, where: file },
    {
      about: "start",
      value: plainText(start ?? facts.command ?? "the base image's own"),
      because: bare
        ? "package.json scripts.start; the Dockerfile has neither CMD nor ENTRYPOINT"
        : start === undefined
          ? "CMD and ENTRYPOINT of the Dockerfile"
          : "spec",
      where: facts.commandLine === undefined ? file : `${file}:${facts.commandLine}`,
    },
    ...(number === undefined ? [] : [{ about: "port", value: String(number), because: heard, where }]),
    ...(root
      ? [{ about: "user", value: "root", because: facts.user === undefined ? "no USER" : "USER", where: file }]
      : []),
  ];
  const warnings = [
    ...(facts.frontend === undefined || isOwnFrontend(facts.frontend)
      ? []
      : [
          plainText(
            `${file} names a frontend of its own (${facts.frontend}); a build refuses it unless an administrator allows it`,
          ),
        ]),
    ...(facts.ports.length > 1
      ? [
          `${file} exposes ${facts.ports
            .map(({ port }) => port)
            .slice(0, 8)
            .join(", ")}; ${number ?? ""} is taken for its port`,
        ]
      : []),
  ];
  return {
    sure: "Told",
    warnings,
    services: [
      newService({
        name: serviceNameOf(path, "Web"),
        kind: "Web",
        path,
        language: "dockerfile",
        framework: null,
        runtime: null,
        manager: null,
        recipe: newRecipe({ dockerfile: file, context: path }),
        start: start ?? null,
        ...(byShell === undefined ? {} : { otherStarts: [{ line: byShell, from: plainText(file, 256) }] }),
        port: {
          ...(number === undefined ? { from: "Default" as const } : { number, from: "Config" as const, where }),
          readsPort: false,
        },
        probe: { startupSeconds: 120 },
        resources: { requests: { cpu: "50m", memory: "256Mi" }, limits: { memory: "512Mi" } },
        root,
        ...(root ? rootlessOf(facts.base) : {}),
        sure: "Told",
        why,
      }),
    ],
  };
}

/** BuildKit's own, by its published names: the builder has it built in. */
function isOwnFrontend(name: string): boolean {
  return /^(?:docker\.io\/)?docker\/dockerfile(?:-upstream)?(?:[:@].*)?$/.test(name);
}
