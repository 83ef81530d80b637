/** Where programs run, as far as that decides which builds of a dependency fit. */
export interface Environment {
  readonly place: "Local" | "Docker" | "Kubernetes" | "Colab";
  readonly cloud?: "AWS" | "GCP" | "Azure";
  /** What showed it, for people: `KUBERNETES_SERVICE_HOST is set`. */
  readonly because: string;
}

/** What an environment is told by: its variables, and small files of the machine. */
export interface EnvironmentFacts {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text of a file of the machine; undefined where there is none. */
  readonly read: (path: string) => string | undefined;
}

type Cloud = NonNullable<Environment["cloud"]>;

/** Variables that each cloud gives to what runs in it. */
const cloudVariables: readonly (readonly [name: string, cloud: Cloud])[] = [
  ["AWS_EXECUTION_ENV", "AWS"],
  ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS"],
  ["ECS_CONTAINER_METADATA_URI_V4", "AWS"],
  ["K_SERVICE", "GCP"],
  ["GOOGLE_CLOUD_PROJECT", "GCP"],
  ["AZURE_FEDERATED_TOKEN_FILE", "Azure"],
  ["WEBSITE_INSTANCE_ID", "Azure"],
];

/** What the firmware of a cloud's machines says of its maker. */
const makers: readonly (readonly [name: RegExp, cloud: Cloud])[] = [
  [/amazon/i, "AWS"],
  [/google/i, "GCP"],
  [/microsoft/i, "Azure"],
];

const makerFile = "/sys/class/dmi/id/sys_vendor";

/** Detects where this program runs: the variables that a platform sets come before what the machine says of itself. */
export function detectEnvironment({ env, read }: EnvironmentFacts): Environment {
  const has = (name: string): boolean => (env[name] ?? "") !== "";
  const cloud = cloudOf({ env, read });
  const rest = cloud === undefined ? {} : { cloud };
  if (has("COLAB_RELEASE_TAG") || has("COLAB_GPU"))
    return { place: "Colab", ...rest, because: "Colab's variables are set" };
  if (has("KUBERNETES_SERVICE_HOST"))
    return { place: "Kubernetes", ...rest, because: "KUBERNETES_SERVICE_HOST is set" };
  const isContainer =
    read("/.dockerenv") !== undefined || /docker|containerd|libpod/.test(read("/proc/1/cgroup") ?? "");
  if (isContainer) return { place: "Docker", ...rest, because: "it is a container, and no cluster's" };
  return { place: "Local", ...rest, because: "neither a container nor a cluster" };
}

function cloudOf({ env, read }: EnvironmentFacts): Cloud | undefined {
  const named = cloudVariables.find(([name]) => (env[name] ?? "") !== "")?.[1];
  if (named !== undefined) return named;
  const maker = (read(makerFile) ?? "").slice(0, 200);
  return makers.find(([name]) => name.test(maker))?.[1];
}

/** `Kubernetes on AWS` */
export function environmentName({ place, cloud }: Environment): string {
  return cloud === undefined ? place : `${place} on ${cloud}`;
}

/** What computes besides the processor. */
export type Accelerator = "Cpu" | "Gpu";

/**
 * What a service's dependencies are to be built for. In a cluster and a container a GPU is there only where it is asked for (`limits` of the service,
 * `nvidia.com/gpu`); Colab has one where it says so; of a machine of one's own nobody knows, so nothing is changed.
 */
export function acceleratorOf(
  environment: Environment,
  limits: Readonly<Record<string, unknown>>,
  env: EnvironmentFacts["env"] = {},
): Accelerator | undefined {
  if (Object.keys(limits).some((name) => /\/(?:gpu|mig-[\w.-]{1,40})$/.test(name))) return "Gpu";
  if (environment.place === "Colab") return (env["COLAB_GPU"] ?? "0") === "0" ? "Cpu" : "Gpu";
  return environment.place === "Local" ? undefined : "Cpu";
}
