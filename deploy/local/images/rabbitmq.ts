import type { BaseImage } from "./base-image.ts";

/** A message broker that takes its first user from `RABBITMQ_DEFAULT_USER` and `RABBITMQ_DEFAULT_PASS`, as RabbitMQ itself does. */
export const rabbitmqImage: BaseImage = {
  repository: "library/rabbitmq",
  tags: ["4", "4-management", "4.0", "management", "latest"],
  from: ["library/debian:trixie-slim"],
  standsFor: "Debian's RabbitMQ 4.0; the official image builds its own",
  dockerfile: `FROM library/debian:trixie-slim
RUN groupadd -r -g 999 rabbitmq && useradd -r -g rabbitmq -u 999 --home-dir=/var/lib/rabbitmq rabbitmq \\
 && apt-get update \\
 && apt-get install -y --no-install-recommends rabbitmq-server \\
 && rm -rf /var/lib/apt/lists/* /var/lib/rabbitmq \\
 && install -d -o rabbitmq -g rabbitmq -m 777 /var/lib/rabbitmq /var/log/rabbitmq /etc/rabbitmq /etc/rabbitmq/conf.d \\
 && printf 'loopback_users.guest = false\\n' > /etc/rabbitmq/conf.d/10-defaults.conf
COPY --chmod=755 <<'EOF' /usr/local/bin/docker-entrypoint.sh
#!/bin/sh
# The broker runs as rabbitmq, whoever starts it.
set -e
if [ "$1" = rabbitmq-server ]; then
  if [ "$(id -u)" = 0 ]; then
    chown -R rabbitmq:rabbitmq /var/lib/rabbitmq
    exec setpriv --reuid=rabbitmq --regid=rabbitmq --clear-groups "$0" "$@"
  fi
fi
exec "$@"
EOF
ENV PATH=/usr/lib/rabbitmq/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/var/lib/rabbitmq RABBITMQ_LOGS=- RABBITMQ_DATA_DIR=/var/lib/rabbitmq RABBITMQ_LOG_BASE=/var/log/rabbitmq
VOLUME ["/var/lib/rabbitmq"]
EXPOSE 4369 5671 5672 15672 25672
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["rabbitmq-server"]
`,
};
