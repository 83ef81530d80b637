import type { BaseImage } from "./base-image.ts";

const newest = "1.26";

/** Go with a C compiler and git, as the official image has them. Only the newest. */
export const golangImages: readonly BaseImage[] = [
  {
    repository: "library/golang",
    tags: [newest, `${newest}-bookworm`, "latest", "bookworm"],
    from: ["library/debian:bookworm-slim"],
    contexts: { go: { kind: "Go", minor: newest } },
    dockerfile: `FROM library/debian:bookworm-slim
RUN apt-get update \\
 && apt-get install -y --no-install-recommends ca-certificates gcc g++ git libc6-dev make openssh-client pkg-config \\
 && rm -rf /var/lib/apt/lists/*
COPY --from=go / /usr/local/go/
ENV GOLANG_VERSION=${newest} GOTOOLCHAIN=local GOPATH=/go PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
RUN mkdir -p /go/src /go/bin && chmod -R 1777 /go && go version
WORKDIR /go
CMD ["bash"]
`,
  },
];
