import type { RepoRunStatus } from "../repo-run.ts";

/** The server pays for each byte of a status at each write: beyond this nothing is written. */
export const hardLimitBytes = 8192;

/** What may go first when a status is too large, least missed first. */
const sacrifices: readonly ((status: RepoRunStatus) => RepoRunStatus)[] = [
  (status) => ({ ...status, report: undefined }),
  (status) => ({ ...status, warnings: undefined }),
  (status) => ({ ...status, history: status.history?.slice(-3) }),
  (status) => ({ ...status, fixes: status.fixes?.slice(-3) }),
  (status) => ({ ...status, links: status.links?.map(({ title: _title, ...link }) => link) }),
  (status) => ({ ...status, needs: status.needs?.map(({ why: _why, ...need }) => need) }),
  (status) => ({ ...status, services: status.services?.map(({ image: _image, ...service }) => service) }),
  (status) => ({ ...status, history: undefined, fixes: undefined }),
  (status) => ({ ...status, links: status.links?.slice(0, 8) }),
  (status) => ({
    ...status,
    conditions: status.conditions?.map((each) => ({ ...each, message: each.message.slice(0, 256) })),
  }),
] as readonly ((status: RepoRunStatus) => RepoRunStatus)[];

/** The status itself while it is within the limit, else what is left after the least missed parts went. Throws when even that is too large. */
export function fitStatus(status: RepoRunStatus): { status: RepoRunStatus; cut: boolean } {
  if (sizeOf(status) <= hardLimitBytes) return { status, cut: false };
  let smaller = status;
  for (const sacrifice of sacrifices) {
    smaller = sacrifice(smaller);
    if (sizeOf(smaller) <= hardLimitBytes) return { status: smaller, cut: true };
  }
  throw new Error(`a status of ${sizeOf(smaller)} bytes cannot be made to fit ${hardLimitBytes}`);
}

function sizeOf(status: RepoRunStatus): number {
  return Buffer.byteLength(JSON.stringify(status));
}
