import type { BaseImage } from "./base-image.ts";

/** nginx at the official image's places: any user may run it, and root may without the right to become somebody else. */
export const nginxImage: BaseImage = {
  repository: "library/nginx",
  tags: ["1.26", "1", "latest", "stable", "mainline", "bookworm", "trixie"],
  from: ["library/debian:trixie-slim"],
  standsFor: "Debian's nginx 1.26 without further modules; the official image has nginx's own build",
  dockerfile: `FROM library/debian:trixie-slim
RUN groupadd -r -g 101 nginx && useradd -r -g nginx -u 101 --home-dir /var/cache/nginx --shell /bin/false nginx \\
 && apt-get update \\
 && apt-get install -y --no-install-recommends nginx-light gettext-base curl \\
 && rm -rf /var/lib/apt/lists/* /var/www/html /etc/nginx/sites-* /etc/nginx/modules-enabled /etc/nginx/conf.d/* /docker-entrypoint.d \\
 && mkdir -p /etc/nginx/templates /docker-entrypoint.d /usr/share/nginx/html \\
 && for folder in /run /var/cache/nginx /var/lib/nginx /etc/nginx/conf.d /var/log/nginx; do mkdir -p "$folder" && chmod 1777 "$folder"; done \\
 && ln -sf /dev/stdout /var/log/nginx/access.log && ln -sf /dev/stderr /var/log/nginx/error.log
COPY <<'EOF' /etc/nginx/nginx.conf
user nginx;
worker_processes 2;
error_log /var/log/nginx/error.log notice;
pid /var/run/nginx.pid;
events { worker_connections 1024; }
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log /var/log/nginx/access.log;
  sendfile on;
  keepalive_timeout 65;
  include /etc/nginx/conf.d/*.conf;
}
EOF
COPY <<'EOF' /etc/nginx/conf.d/default.conf
server {
  listen 80;
  server_name localhost;
  location / {
    root /usr/share/nginx/html;
    index index.html index.htm;
  }
}
EOF
COPY <<'EOF' /usr/share/nginx/html/index.html
<!DOCTYPE html>
<title>Welcome to nginx!</title>
<h1>Welcome to nginx!</h1>
EOF
COPY --chmod=755 <<'EOF' /docker-entrypoint.sh
#!/bin/sh
# As the official image's: templates filled from the environment, and people's own scripts, before the server starts.
set -e
if [ "$1" = nginx ] || [ "$1" = nginx-debug ]; then
  for each in /etc/nginx/templates/*.template; do
    [ -f "$each" ] || continue
    names=$(env | sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/$\\1/p' | tr '\\n' ' ')
    envsubst "$names" < "$each" > "/etc/nginx/conf.d/$(basename "$each" .template)"
  done
  for each in /docker-entrypoint.d/*.sh; do
    [ ! -x "$each" ] || "$each"
  done
fi
# Root that may not become somebody else stays root: else each worker would end at once.
if [ "$(id -u)" = 0 ] && ! setpriv --reuid=nginx --clear-groups true 2>/dev/null; then
  sed -i -E 's/^([[:space:]]*)user[[:space:]]+[^;]+;/\\1user root;/' /etc/nginx/nginx.conf || true
fi
exec "$@"
EOF
EXPOSE 80
STOPSIGNAL SIGQUIT
ENTRYPOINT ["/docker-entrypoint.sh"]
CMD ["nginx", "-g", "daemon off;"]
`,
};
