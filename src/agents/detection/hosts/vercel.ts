import { z } from "zod";
import type { HostedPart, HostedReader } from "./hosted.ts";
import { httpPath, lenient, literals, listOf, scheduleOf } from "./shapes.ts";

const Vercel = z.object({
  crons: listOf(z.object({ path: z.string().max(512), schedule: z.string().max(128) }), 8),
  env: z.unknown().optional(),
  build: lenient(z.object({ env: z.unknown().optional() })),
});

/** A vercel.json: paths of the program that are asked by schedule, and its variables. */
export const vercel: HostedReader = (value, from, folder) => {
  const { data } = Vercel.safeParse(value);
  if (data === undefined) return {};
  const crons = (data.crons ?? []).flatMap(({ path, schedule }): HostedPart[] => {
    const asks = httpPath(path);
    const when = scheduleOf(schedule);
    if (asks === undefined || when === undefined) return [];
    return [
      {
        name: `cron${asks.split("?")[0] ?? ""}`,
        kind: "Cron",
        path: folder,
        asks,
        schedule: when,
        variables: [],
        from,
      },
    ];
  });
  const variables = literals(data.env, from).filter(({ value: said }) => said?.startsWith("@") !== true);
  return { parts: [...(variables.length === 0 ? [] : [{ path: folder, variables, from }]), ...crons] };
};
