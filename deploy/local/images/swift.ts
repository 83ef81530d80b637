import type { BaseImage } from "./base-image.ts";

/** Swift with SwiftPM. */
export const swiftImages: readonly BaseImage[] = [
  {
    repository: "library/swift",
    tags: ["6.0", "6", "latest"],
    from: ["library/debian:trixie-slim"],
    standsFor: "Debian's Swift 6.0; the official image is Ubuntu's with Swift's own",
    dockerfile: `FROM library/debian:trixie-slim
RUN apt-get update \\
 && apt-get install -y --no-install-recommends ca-certificates g++ git libc6-dev libcurl4-openssl-dev libxml2-dev make pkg-config swiftlang tzdata zlib1g-dev \\
 && rm -rf /var/lib/apt/lists/* \\
 && swift --version
CMD ["bash"]
`,
  },
];
