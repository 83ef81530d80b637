import { z } from "zod";
import type { HostedReader } from "./hosted.ts";
import { httpPath, lenient, lineOf, lines, scheduleOf, text, volumeOf } from "./shapes.ts";

const Railway = z.object({
  build: lenient(z.object({ builder: text })),
  deploy: lenient(
    z.object({
      startCommand: text,
      preDeployCommand: lines,
      cronSchedule: text,
      healthcheckPath: text,
      requiredMountPath: text,
    }),
  ),
});

/** A railway.json or railway.toml: when the folder's program runs, what goes before it, and where its disk is. */
export const railway: HostedReader = (value, from, folder) => {
  const deploy = Railway.safeParse(value).data?.deploy;
  if (deploy === undefined) return {};
  const schedule = scheduleOf(deploy.cronSchedule);
  const release = lineOf(deploy.preDeployCommand);
  const probe = httpPath(deploy.healthcheckPath);
  const volume = volumeOf(deploy.requiredMountPath, undefined);
  const line = lineOf(deploy.startCommand);
  return {
    parts: [
      {
        path: folder,
        from,
        variables: [],
        ...(line === undefined ? {} : { line }),
        ...(schedule === undefined ? {} : { kind: "Cron" as const, schedule }),
        ...(release === undefined ? {} : { release }),
        ...(probe === undefined ? {} : { probe }),
        ...(volume === undefined ? {} : { volumes: [volume] }),
      },
    ],
  };
};
