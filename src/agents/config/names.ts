/** Names that the platform or the runtime gives; nobody has to set them. */
const platformNames =
  /^(?:PORT|HOST|HOSTNAME|BIND|ADDR(?:ESS)?|LISTEN(?:_ADDR(?:ESS)?)?|BIND_ADDR(?:ESS)?|NODE_ENV|APP_ENV|ENV|ENVIRONMENT|PATH|PYTHONPATH|HOME|USER|USERNAME|PWD|SHELL|TERM|TMPDIR|TEMP|TMP|LANG|LC_ALL|TZ|CI|DEBUG|NO_COLOR|FORCE_COLOR|VIRTUAL_ENV|GOPATH|GOROOT|EDITOR|VERCEL\w*|NETLIFY\w*|RENDER\w*|RAILWAY\w*|HEROKU\w*|DYNO|FLY_\w+|GITHUB_(?:ACTIONS|SHA|REF|WORKSPACE)|KUBERNETES_\w+|npm_\w+|NEXT_RUNTIME|NODE_OPTIONS|DJANGO_SETTINGS_MODULE|WERKZEUG_\w+|XDG_\w+|APPDATA|LOCALAPPDATA|PROGRAMFILES|RAILS_(?:ENV|LOG_LEVEL|LOG_TO_STDOUT|SERVE_STATIC_FILES|MAX_THREADS|MIN_THREADS)|RACK_ENV|WEB_CONCURRENCY|PIDFILE|BUNDLE_\w+|GEM_\w+|MIX_ENV|PHX_SERVER|RELEASE_\w+|ASPNETCORE_\w+|DOTNET_\w+|JAVA_\w+|CARGO_\w+|RUST_(?:LOG|BACKTRACE)|COMPOSER_\w+|ROCKET_\w+)$/;

/** Services of others whose secrets only they hand out: no random value will do. */
const thirdParty =
  /(?:^|_)(?:STRIPE|PAYPAL|BRAINTREE|SQUARE|AWS|S3|AZURE|GOOGLE|GCP|GCLOUD|FIREBASE|SUPABASE|GITHUB|GITLAB|BITBUCKET|FACEBOOK|META|TWITTER|X|LINKEDIN|APPLE|DISCORD|SLACK|TELEGRAM|TWILIO|SENDGRID|MAILGUN|MAILCHIMP|POSTMARK|RESEND|SMTP|EMAIL|MAIL|OPENAI|ANTHROPIC|GEMINI|COHERE|MISTRAL|GROQ|HUGGINGFACE|HF|PINECONE|SENTRY|DATADOG|NEW_RELIC|CLOUDINARY|CLOUDFLARE|R2|ALGOLIA|AUTH0|OKTA|CLERK|COGNITO|KEYCLOAK|RECAPTCHA|CAPTCHA|TURNSTILE|VAPID|SPOTIFY|NOTION|SHOPIFY|ZOOM|PUSHER|MUX|CLIENT|WEBHOOK|OAUTH\w*|OIDC|API|CONSUMER|PARTNER|MERCHANT)(?:_|$)/;

/** Secrets that are the application's own: any long random text will do. */
const ownSecret =
  /(?:^|_)(?:SECRET_KEY(?:_BASE)?|(?:SESSION|COOKIE|COOKIES|JWT|AUTH|NEXTAUTH|BETTER_AUTH|APP|CSRF|SIGNING|HASH|TOKEN|ACCESS_TOKEN|REFRESH_TOKEN|PAYLOAD|DJANGO|FLASK|IRON|CURSOR)_(?:SECRET|SALT)(?:_KEY)?|SESSION_KEY|COOKIE_KEY|JWT_(?:SIGNING_)?KEY|JWT_SECRET_KEY|APP_KEY|SIGNING_KEY|KEY_BASE|PASSWORD_SALT|SECURITY_PASSWORD_SALT|SALT|SECRET|HMAC_(?:KEY|SECRET)|SESSION_PASSWORD)$/;

/** Of a fixed shape (32 bytes, base64): a default of the code is surer than a random text. */
const shapedSecret = /(?:^|_)(?:ENCRYPTION|FERNET|AES|CRYPTO|CIPHER|MASTER)_(?:KEY|SECRET)$|^APP_KEY$/;

/** What a program gets for a name of the platform that it insists on. */
const conventions: Readonly<Record<string, string>> = {
  HOST: "0.0.0.0",
  BIND: "0.0.0.0",
  BIND_ADDRESS: "0.0.0.0",
  NODE_ENV: "production",
  APP_ENV: "production",
  ENV: "production",
  ENVIRONMENT: "production",
  FLASK_ENV: "production",
  DEBUG: "false",
  LOG_LEVEL: "info",
  TZ: "UTC",
};

/** The usual value of a name that has one in production (`ENVIRONMENT`, `LOG_LEVEL`). */
export function conventionalValue(name: string): string | undefined {
  return Object.hasOwn(conventions, name) ? conventions[name] : undefined;
}

/** True for what the platform gives. */
export function isPlatformName(name: string): boolean {
  return platformNames.test(name);
}

/** True for what only somebody else's service hands out. */
export function isThirdParty(name: string): boolean {
  return thirdParty.test(name);
}

/** True for a secret that Repo Runner may make: the application's own, of no particular shape. */
export function isOwnSecret(name: string): boolean {
  return (ownSecret.test(name) && !thirdParty.test(name)) || (shapedSecret.test(name) && !thirdParty.test(name));
}

/** True for one half of what somebody hands out together: `TRAKT_SECRET` beside `TRAKT_ID`, whoever Trakt is. */
export function isHandedOut(name: string, others: { readonly has: (name: string) => boolean }): boolean {
  const whose = /^(?<whose>\w{1,60}?)_(?:CLIENT_|CONSUMER_|API_|APP_)?SECRET(?:_KEY)?$/.exec(name)?.groups?.["whose"];
  if (whose === undefined || /(?:^|_)(?:SESSION|COOKIES?|JWT|AUTH|CSRF|APP|SIGNING|TOKEN)$/.test(whose)) return false;
  const halves = ["ID", "KEY", "CLIENT_ID", "API_KEY", "CLIENT_KEY", "APP_ID", "CONSUMER_KEY"];
  return halves.some((half) => others.has(`${whose}_${half}`));
}

/** True where a random text might have the wrong shape, so that a default of the code is kept. */
export function isShapedSecret(name: string): boolean {
  return shapedSecret.test(name);
}

/** True for a name whose value is not shown and not taken from a file of the repository. */
export function looksSecret(name: string): boolean {
  return /KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASS$|PWD|DSN|CREDENTIAL|PRIVATE|SALT|AUTH$|_URI$|DATABASE_URL|REDIS_URL|MONGO\w*_UR[IL]|CONNECTION_STRING/.test(
    name.toUpperCase(),
  );
}

/** True for an address of a database or a queue, which a later stage may provide. */
export function isConnection(name: string): boolean {
  return /(?:DATABASE|POSTGRES(?:QL)?|PG|MYSQL|MARIADB|MONGO(?:DB)?|REDIS|VALKEY|RABBITMQ|AMQP|CELERY_BROKER|BROKER|DB|KAFKA|ELASTICSEARCH|CLICKHOUSE)(?:_\w+)?_(?:UR[IL]|DSN|CONNECTION_STRING|BROKERS)$|^(?:DB|PG|POSTGRES|MYSQL|REDIS|MONGO)(?:_?(?:HOST|PORT|USER|USERNAME|PASSWORD|PASS|NAME|DATABASE|DB))$/.test(
    name,
  );
}
