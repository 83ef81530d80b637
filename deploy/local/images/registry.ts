import type { BaseImage } from "./base-image.ts";

/** The image registry, as the chart runs it. */
export const registryImage: BaseImage = {
  repository: "library/registry",
  tags: ["3", "latest"],
  from: ["library/debian:trixie-slim"],
  contexts: { programs: { kind: "Programs", files: ["registry"] } },
  dockerfile: `FROM library/debian:trixie-slim
COPY --from=programs --chmod=755 /registry /bin/registry
COPY <<'EOF' /etc/distribution/config.yml
version: 0.1
log:
  fields:
    service: registry
storage:
  filesystem:
    rootdirectory: /var/lib/registry
http:
  addr: :5000
EOF
ENV OTEL_TRACES_EXPORTER=none
VOLUME ["/var/lib/registry"]
EXPOSE 5000
ENTRYPOINT ["/bin/registry"]
CMD ["serve", "/etc/distribution/config.yml"]
`,
};
