import type { Service } from "../../plan.ts";
import { serviceLabel } from "./compose/texts.ts";
import { plainText } from "./plain-text.ts";

/** A program that a service's folder holds beside the one that was found. */
export interface FurtherProgram {
  /** `worker` */
  readonly name: string;
  readonly kind: Service["kind"];
  readonly line: string;
  /** What was seen, for people. */
  readonly because: string;
  readonly where?: string | undefined;
}

/** A service of the same recipe for a further program, so that one image serves both; nothing that is the first one's alone is in it. `others`: whose names are taken. */
export function furtherService(first: Service, program: FurtherProgram, others: readonly Service[]): Service {
  const { kind, line, because, where } = program;
  return {
    ...first,
    name: freeName(others, first, program.name),
    kind,
    start: line,
    releaseSteps: [],
    otherStarts: [],
    volumes: [],
    routes: [],
    extraPorts: [],
    port: { from: "Default", readsPort: false },
    probe: { startupSeconds: 120 },
    why: [
      ...first.why.filter(({ about }) => !["start", "port", "kind", "probe", "schedule"].includes(about)),
      {
        about: "start",
        value: plainText(line),
        because: plainText(because),
        ...(where === undefined ? {} : { where: plainText(where) }),
      },
    ],
  };
}

/** `worker`, or behind the folder's own name where that is no root; numbered where it is taken. */
function freeName(others: readonly Service[], first: Service, said: string): string {
  const plain = serviceLabel(said);
  const folder = first.path.split("/").at(-1) ?? first.name;
  const name = first.path === "." ? plain : serviceLabel(`${folder}-${plain}`);
  const numbered = Array.from({ length: 32 }, (_, at) => `${name.slice(0, 36)}-${at + 2}`);
  return [name, ...numbered].find((each) => others.every((service) => service.name !== each)) ?? name;
}
