import type { BaseImage } from "./base-image.ts";

/** The two lines that Go itself maintains, newest last. */
const lines = ["1.25", "1.26"];

/** Go with a C compiler and git, as the official image has them. */
export const golangImages: readonly BaseImage[] = lines.map((line) => ({
  repository: "library/golang",
  tags: [line, `${line}-bookworm`, ...(line === lines.at(-1) ? ["latest", "bookworm"] : [])],
  from: ["library/debian:bookworm-slim"],
  contexts: { go: { kind: "Go", minor: line } },
  dockerfile: `FROM library/debian:bookworm-slim
RUN apt-get update \\
 && apt-get install -y --no-install-recommends ca-certificates gcc g++ git libc6-dev make openssh-client pkg-config \\
 && rm -rf /var/lib/apt/lists/*
COPY --from=go / /usr/local/go/
ENV GOLANG_VERSION=${line} GOTOOLCHAIN=local GOPATH=/go PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
RUN mkdir -p /go/src /go/bin && chmod -R 1777 /go && go version
WORKDIR /go
CMD ["bash"]
`,
}));
