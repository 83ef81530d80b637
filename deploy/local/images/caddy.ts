import type { BaseImage } from "./base-image.ts";

/** A static file server, at the official image's paths. */
export const caddyImage: BaseImage = {
  repository: "library/caddy",
  tags: ["2", "latest"],
  from: ["library/debian:trixie-slim"],
  standsFor: "Debian's Caddy 2; the official image is built on Alpine",
  dockerfile: `FROM library/debian:trixie-slim
RUN apt-get update \\
 && apt-get install -y --no-install-recommends caddy mailcap \\
 && rm -rf /var/lib/apt/lists/* \\
 && mkdir -p /config/caddy /data/caddy /srv /usr/share/caddy \\
 && printf ':80 {\\n\\troot * /usr/share/caddy\\n\\tfile_server\\n}\\n' > /etc/caddy/Caddyfile \\
 && caddy version
ENV XDG_CONFIG_HOME=/config XDG_DATA_HOME=/data
EXPOSE 80 443 2019
WORKDIR /srv
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
`,
};
