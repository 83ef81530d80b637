import type { BaseImage } from "./base-image.ts";

/** What holds a pod's namespaces. */
export const pauseImage: BaseImage = {
  repository: "repo-runner/pause",
  tags: ["1"],
  from: ["library/debian:trixie-slim"],
  dockerfile: `FROM library/debian:trixie-slim AS fetch
RUN apt-get update && apt-get install -y --no-install-recommends catatonit
FROM scratch
COPY --from=fetch /usr/bin/catatonit /pause
USER 65535:65535
ENTRYPOINT ["/pause", "-P"]
`,
};
