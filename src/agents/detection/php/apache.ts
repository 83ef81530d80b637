import type { PhpApp } from "./app.ts";

/**
 * Settings of PHP as for production; errors go to the log and never to the page. The socket is where a database on `localhost` is looked for: a
 * service's `forwards` stand in there.
 */
const phpIni = `display_errors = Off
log_errors = On
error_log = /dev/stderr
expose_php = Off
memory_limit = 256M
post_max_size = 64M
upload_max_filesize = 64M
session.save_path = /tmp
mysqli.default_socket = /tmp/mysql.sock
pdo_mysql.default_socket = /tmp/mysql.sock
`;

/** The files by which Apache of the official image serves a folder on PORT, without a right and as any user. */
export function apacheFiles(app: PhpApp): { path: string; text: string }[] {
  const root = app.root === undefined || app.root === "." ? "/app" : `/app/${app.root}`;
  const modules = ["rewrite", "headers", "expires"].map(
    (name) => `<IfModule !${name}_module>
\tLoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so
</IfModule>`,
  );
  const site = `${modules.join("\n")}
ServerName localhost
ServerTokens Prod
ServerSignature Off
TraceEnable Off
<IfModule mpm_prefork_module>
\tStartServers 2
\tMinSpareServers 2
\tMaxSpareServers 4
\tMaxRequestWorkers 32
</IfModule>
<VirtualHost *:\${PORT}>
\tDocumentRoot ${root}
\tErrorLog /proc/self/fd/2
\tCustomLog /proc/self/fd/1 combined
\tSetEnvIf X-Forwarded-Proto "^https$" HTTPS=on
\t<Directory ${root}>
\t\tOptions -Indexes +FollowSymLinks
\t\tAllowOverride All
\t\tRequire all granted
\t\tDirectoryIndex index.php index.html index.htm
${app.fallsBack ? "\t\tFallbackResource /index.php\n" : ""}\t</Directory>
\t<LocationMatch "/\\.(?!well-known/)|^/(?:vendor|node_modules)/|^/(?:composer|package)(?:-lock)?\\.(?:json|lock)$">
\t\tRequire all denied
\t</LocationMatch>
</VirtualHost>
`;
  return [
    { path: "/etc/apache2/ports.conf", text: "Listen ${PORT}\n" },
    { path: "/etc/apache2/sites-available/000-default.conf", text: site },
    iniFile,
  ];
}

/** PHP's own settings alone, for a program of the command line. */
export const iniFile = { path: "/usr/local/etc/php/conf.d/zz-repo-runner.ini", text: phpIni };
