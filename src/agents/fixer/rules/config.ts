import { act, type Answer, end, type Found, type Rule } from "../rule.ts";
import { mend } from "../remedies.ts";

/** What a program can do without is said as a warning. */
const warning = /\bwarn(?:ing)?\b|\b(?:optional|disabled|skipping|ignored)\b/i;

/** What goes wrong for want of a setting. */
export const config: readonly Rule[] = [
  {
    id: "P24",
    signature: "HostNotAllowed",
    layer: "Health",
    remedy: "any host, where the settings read their hosts from a variable",
    stage: "Run",
    of: ["python"],
    seen: [/DisallowedHost|Invalid HTTP_HOST header/],
    answers: (found) => {
      const name = found.service.env.find((variable) => /ALLOWED_HOSTS?$/.test(variable.name))?.name ?? "ALLOWED_HOSTS";
      return mend(
        found,
        { kind: "SetEnv", name, value: "*", phase: "Run" },
        `Django lets only hosts in that it knows; ${name}=*`,
      );
    },
  },
  {
    id: "P23",
    signature: "SecretMissing",
    layer: "Config",
    remedy: "a generated secret",
    stage: "Run",
    of: ["python"],
    seen: [
      /The SECRET_KEY setting must not be empty|KeyError: '(?<name>(?:[A-Z]+_)?SECRET(?:_KEY)?|SESSION_SECRET|JWT_SECRET(?:_KEY)?|FLASK_SECRET(?:_KEY)?)'|session is unavailable because no secret key was set/,
    ],
    answers: (found) => {
      const name =
        found.groups["name"] ?? (/session is unavailable/.test(found.line) ? "FLASK_SECRET_KEY" : "SECRET_KEY");
      return [
        act(
          { kind: "GenerateSecret", name, form: "Hex" },
          `${found.service.name} wants a secret of its own; ${name} is generated`,
        ),
      ];
    },
  },
  {
    id: "E01",
    signature: "VariableMissing",
    layer: "Config",
    besides: warning,
    remedy: "generated, derived, or asked for, by what the name says",
    stage: "Run",
    seen: [
      /KeyError: '(?<name>[A-Z][A-Z0-9_]{2,60})'/,
      /(?:[Mm]issing|[Rr]equired|[Uu]ndefined|[Uu]nset|not set|must (?:be )?set|is not defined)[^]{0,40}?(?:env(?:ironment)?(?: variables?)?|variable)[^A-Za-z0-9]{1,8}(?<name>[A-Z][A-Z0-9_]{2,60})\b/,
      /(?:env(?:ironment)? variable|Environment variable|env var)s?:? ?["'`]?(?<name>[A-Z][A-Z0-9_]{2,60})["'`]? (?:is|was|must|not|has)/,
      /["'`]?\b(?<name>[A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,30}){1,4})["'`]? (?:is (?:required|missing|not set|not defined|undefined)|must be (?:set|provided|defined)|environment variable (?:is )?(?:required|missing|not set)|not set)/,
      /Could not resolve placeholder '(?<name>[A-Za-z][\w.-]{1,60})'/,
      /(?<name>[A-Z][A-Z0-9_]{2,60})\s{0,3}\n?\s{0,4}(?:Field required|field required)/,
      /environment variable `?"?(?<name>[A-Z][A-Z0-9_]{2,60})`?"? (?:not (?:found|present|defined|set)|undefined)/i,
      /(?<name>[A-Z][A-Z0-9_]{2,60}): (?:parameter (?:null or )?not set|unbound variable|NotPresent)/,
    ],
    answers: missingVariable,
  },
  {
    id: "E02",
    signature: "EnvFileMissing",
    layer: "Config",
    remedy: "none: the variables come from the pod, not from a file",
    stage: "Run",
    seen: [
      /ENOENT.{0,60}\.env\b|\.env(?:\.\w+)? (?:file )?(?:not found|does not exist|is missing)|open \.env: no such file|Error loading \.env/i,
    ],
    answers: ({ service }) => [
      end(
        "RepoDefect",
        `${service.name} wants a file .env, which is kept out of git`,
        "let it go on without the file: its variables are given by the environment (repo-runner secret set, spec.env)",
      ),
    ],
  },
  {
    id: "E03",
    signature: "CredentialMissing",
    layer: "Config",
    besides: warning,
    remedy: "the key of the service that is called, which only a person has",
    stage: "Run",
    seen: [
      /(?:The )?(?:api_key|apiKey) (?:client option )?must be set|Missing API key|Neither apiKey nor|You did not provide an API key/,
      /\b(?<name>(?:OPENAI|ANTHROPIC|STRIPE|SENDGRID|GITHUB|TWILIO|GEMINI|GOOGLE|HUGGINGFACE|COHERE|MISTRAL|GROQ|PINECONE|SUPABASE|CLERK|FIREBASE|AWS|AZURE|SLACK|DISCORD|TELEGRAM|RESEND|MAILGUN|POSTHOG)_[A-Z_]{0,20}(?:KEY|TOKEN|SECRET|ID|URL))\b.{0,60}(?:missing|required|not (?:set|found|defined|provided)|must be|undefined)/,
      /(?:[Mm]issing|[Rr]equires?|[Pp]lease (?:set|provide)|not set|must set).{0,60}\b(?<name>(?:OPENAI|ANTHROPIC|STRIPE|SENDGRID|GITHUB|TWILIO|GEMINI|GOOGLE|HUGGINGFACE|COHERE|MISTRAL|GROQ|PINECONE|SUPABASE|CLERK|FIREBASE|AWS|AZURE|SLACK|DISCORD|TELEGRAM|RESEND|MAILGUN|POSTHOG)_[A-Z_]{0,20}(?:KEY|TOKEN|SECRET|ID|URL))\b/,
    ],
    answers: (found) => {
      const name = found.groups["name"] ?? (/openai|api_key|apiKey/i.test(found.line) ? "OPENAI_API_KEY" : undefined);
      if (name === undefined || knows(found, name)) return [];
      return [
        act(
          { kind: "RequireSecret", name, why: "the program ends without it" },
          `${found.service.name} calls another service and needs ${name}`,
        ),
      ];
    },
  },
  {
    id: "E04",
    signature: "AddressInBundle",
    layer: "Config",
    remedy: "none: an address is written into pages when they are built",
    stage: "Run",
    seen: [/(?:NEXT_PUBLIC|VITE|REACT_APP|NUXT_PUBLIC|PUBLIC)_[A-Z_]{2,40} (?:is|must|was)/],
    answers: ({ service }) => [
      end(
        "RepoDefect",
        `${service.name}'s pages hold an address that is set when they are built`,
        "give the variable with phase: Build or Both in spec.env",
        "Spec",
      ),
    ],
  },
  {
    id: "E05",
    signature: "Locale",
    layer: "Config",
    remedy: "the locale that every image has",
    seen: [/unsupported locale setting|cannot change locale|Could not set locale|UnicodeEncodeError: 'ascii'|US-ASCII/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetEnv", name: "LC_ALL", value: "C.UTF-8", phase: "Both" },
        "the image has not the locale that it asks for; C.UTF-8",
      ),
  },
];

/** Variables that other parts of the plan say, or that have one sensible value. */
const derived: readonly (readonly [name: RegExp, value: string])[] = [
  [/^(?:HOST|BIND|BIND_ADDRESS|LISTEN_ADDRESS|SERVER_HOST|HOSTNAME|IP|LISTEN_HOST|APP_HOST)$/, "0.0.0.0"],
  [/^(?:NODE_ENV|APP_ENV|RAILS_ENV|ENVIRONMENT|ENV|GO_ENV|FLASK_ENV|MIX_ENV)$/, "production"],
  [/^(?:LOG_LEVEL|LOGLEVEL)$/, "info"],
  [/^(?:DEBUG)$/, "false"],
  [/^(?:TZ|TIMEZONE)$/, "UTC"],
];

const ownSecret =
  /(?:^|_)(?:SECRET|SECRETS?_KEY|SECRET_KEY_BASE|JWT(?:_SECRET)?(?:_KEY)?|SALT|COOKIE_(?:SECRET|KEY)|SESSION_(?:SECRET|KEY)|ENCRYPTION_KEY|SIGNING_KEY|AUTH_SECRET|HASH_KEY|CSRF_(?:SECRET|KEY)|ADMIN_PASSWORD|APP_KEY)$/;
const thirdParty = /(?:API|ACCESS|CLIENT|ACCOUNT|WEBHOOK|OPENAI|STRIPE|AWS|GITHUB|GOOGLE|SLACK)/;

/** By its name: a secret of the program's own is generated, a usual setting gets its usual value, all else only a person knows. */
function missingVariable(found: Found): readonly Answer[] {
  const { service } = found;
  const placeholder = found.groups["name"] ?? "";
  const name = /^[A-Z][A-Z0-9_]*$/.test(placeholder)
    ? placeholder
    : placeholder.replaceAll(/[^A-Za-z0-9]+/g, "_").toUpperCase();
  if (!/^[A-Z][A-Z0-9_]{1,60}$/.test(name) || name === "PORT" || knows(found, name)) return [];
  const value = derived.find(([known]) => known.test(name))?.[1];
  if (value !== undefined)
    return mend(found, { kind: "SetEnv", name, value, phase: "Run" }, `${name} is wanted; ${value} set`);
  if (ownSecret.test(name) && !thirdParty.test(name))
    return [
      act(
        { kind: "GenerateSecret", name, form: "Hex" },
        `${service.name} wants a secret of its own; ${name} is generated`,
      ),
    ];
  return [
    act(
      { kind: "RequireSecret", name, why: "the program ends without it" },
      `${service.name} ends without ${name}, which only a person knows`,
    ),
  ];
}

/** What is given already is not what is missing. */
function knows({ service }: Found, name: string): boolean {
  return service.env.some((variable) => variable.name === name && variable.source !== "Optional");
}
