import type { BaseImage } from "./base-image.ts";

const plugins = ["bridge", "firewall", "host-local", "loopback"];

/** BuildKit with its own runc and network plugins, under the names that the official image gives them. */
export const buildkitImage: BaseImage = {
  repository: "moby/buildkit",
  tags: ["v0.34.2", "latest"],
  from: ["library/debian:trixie-slim"],
  contexts: {
    programs: { kind: "Programs", files: ["buildkitd", "buildctl", "runc", ...plugins.map((name) => `cni/${name}`)] },
  },
  dockerfile: `FROM library/debian:trixie-slim
RUN apt-get update \\
 && apt-get install -y --no-install-recommends ca-certificates git iproute2 iptables nftables openssh-client pigz xz-utils \\
 && rm -rf /var/lib/apt/lists/*
COPY --from=programs --chmod=755 /buildkitd /buildctl /usr/bin/
COPY --from=programs --chmod=755 /runc /usr/bin/buildkit-runc
${plugins.map((name) => `COPY --from=programs --chmod=755 /cni/${name} /usr/bin/buildkit-cni-${name}`).join("\n")}
VOLUME ["/var/lib/buildkit"]
ENTRYPOINT ["buildkitd"]
`,
};
