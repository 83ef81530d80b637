/** Where a RUN step finds the certificates that an administrator wants trusted; a secret mount, so that nothing of it stays in an image. */
const bundlePath = "/run/repo-runner/ca.crt";

/** The same for the JVM, which takes no PEM file (`java-truststore.ts`). */
const truststorePath = "/run/repo-runner/ca.jks";

/** Ids of the secrets that the build client hands over. */
export const bundleSecret = "repo-runner-ca";
export const truststoreSecret = "repo-runner-ca-java";

/** Variables by which tools are pointed to a bundle: Node (Yarn too, whose own setting has another name in each major version, and which ends at a name that it does not know), npm, Bun, pip, uv, requests, curl, git, Cargo, Go, Bundler, Composer, Deno, the AWS tools. */
const names = [
  "NODE_EXTRA_CA_CERTS",
  "npm_config_cafile",
  "SSL_CERT_FILE",
  "PIP_CERT",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
  "GIT_SSL_CAINFO",
  "CARGO_HTTP_CAINFO",
  "BUNDLE_SSL_CA_CERT",
  "COMPOSER_CAFILE",
  "DENO_CERT",
  "AWS_CA_BUNDLE",
];

/** Heard by every JVM of a build: Maven, Gradle and its daemon, sbt, Leiningen, keytool. */
const javaOptions = `JAVA_TOOL_OPTIONS="-Djavax.net.ssl.trustStore=${truststorePath} -Djavax.net.ssl.trustStoreType=jks"`;

/** One line below each FROM: arguments are seen by RUN and never kept in the image. */
export const bundleArguments = `ARG ${names.map((name) => `${name}=${bundlePath}`).join(" ")} ${javaOptions}`;

/** The mounts of each RUN; readable for whomever the Dockerfile makes the user. */
export const bundleMount = [
  [bundleSecret, bundlePath],
  [truststoreSecret, truststorePath],
]
  .map(([id, target]) => `--mount=type=secret,id=${id},target=${target},mode=0444`)
  .join(" ");

/** apt reads no variable. */
export const bundleForApt = `-o Acquire::https::CAInfo=${bundlePath}`;
