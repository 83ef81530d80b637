import { expect, it } from "vitest";
import { acceleratorOf, detectEnvironment, environmentName } from "./environment.ts";

const on = (env: Readonly<Record<string, string>>, files: Readonly<Record<string, string>> = {}) =>
  detectEnvironment({ env, read: (path) => files[path] });

it.each([
  ["Local", {}, {}],
  ["Local on AWS", {}, { "/sys/class/dmi/id/sys_vendor": "Amazon EC2\n" }],
  ["Docker", {}, { "/.dockerenv": "" }],
  ["Docker", {}, { "/proc/1/cgroup": "0::/docker/abc" }],
  ["Kubernetes", { KUBERNETES_SERVICE_HOST: "10.0.0.1" }, { "/.dockerenv": "" }],
  ["Kubernetes on GCP", { KUBERNETES_SERVICE_HOST: "10.0.0.1" }, { "/sys/class/dmi/id/sys_vendor": "Google" }],
  ["Kubernetes on Azure", { KUBERNETES_SERVICE_HOST: "1", AZURE_FEDERATED_TOKEN_FILE: "/x" }, { "/sys/class/dmi/id/sys_vendor": "Amazon EC2" }],
  ["Docker on AWS", { AWS_EXECUTION_ENV: "AWS_ECS_FARGATE" }, { "/.dockerenv": "" }],
  ["Colab", { COLAB_RELEASE_TAG: "release" }, {}],
])("is %s", (name, env: Readonly<Record<string, string>>, files: Readonly<Record<string, string>>) => {
  expect(environmentName(on(env, files))).toBe(name);
}); // prettier-ignore

it("takes a GPU only where one is asked for, and leaves a machine of one's own alone", () => {
  const cluster = on({ KUBERNETES_SERVICE_HOST: "1" });
  expect(acceleratorOf(cluster, { memory: "1Gi" })).toBe("Cpu");
  expect(acceleratorOf(cluster, { "nvidia.com/gpu": 1 })).toBe("Gpu");
  expect(acceleratorOf(on({}), {})).toBeUndefined();
  const colab = { COLAB_RELEASE_TAG: "r", COLAB_GPU: "1" };
  expect(acceleratorOf(on(colab), {}, colab)).toBe("Gpu");
});
