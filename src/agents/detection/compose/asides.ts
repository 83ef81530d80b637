import { isAnswered } from "../dockerfile/unlisted-bases.ts";
import type { Platform } from "../language.ts";
import type { Mapping } from "./compose-file.ts";
import { textOf } from "./texts.ts";

/** Services that only put the others to the test. */
const testers = /^(?:playwright|cypress|e2e|end-to-end|selenium|testcafe)(?:[-_](?:tests?|runner|hub))?$/;

/** What shows a developer databases, mails and traces. */
const tools =
  /(?:^|\/)(?:adminer|phpmyadmin|pgadmin4?|redis-?commander|redisinsight|mongo-express|mailpit|mailhog|maildev|mailcatcher|smtp4dev|dozzle|jaeger|all-in-one|swagger-ui)(?::|@|$)/;

/**
 * Services of a compose file that are left out, each with why: what steers the Docker daemon that runs the file (Traefik by labels, Watchtower,
 * Portainer), what tests the others, and tools beside them (Adminer, Mailpit) of which this platform has no image and without which the rest runs.
 */
export function asidesOf(services: Readonly<Record<string, Mapping>>, platform: Platform): ReadonlyMap<string, string> {
  const left = new Map<string, string>();
  const builds = Object.values(services).filter((said) => said["build"] !== undefined).length;
  for (const [name, said] of Object.entries(services)) {
    if (said["build"] === undefined && JSON.stringify(said["volumes"] ?? "").includes("/docker.sock"))
      left.set(name, "it steers the Docker daemon of its machine, and there is none");
    else if (testers.test(name) && builds > 1) left.set(name, "it tests the others");
  }
  const runs = Object.entries(services).filter(([name]) => !left.has(name));
  // A file that is about such a tool alone is about that tool.
  if (runs.length === 0) return new Map();
  if (!runs.some(([, said]) => said["build"] !== undefined)) return left;
  for (const [name, said] of runs) {
    const image = textOf(said["image"]) ?? "";
    if (said["build"] === undefined && tools.test(image) && !isAnswered(image, platform))
      left.set(name, `this installation has no image ${image}, and the rest runs without it`);
  }
  return left;
}
