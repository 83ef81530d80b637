import { expect, it } from "vitest";
import { cleanObject } from "./manifests.ts";

const labels = {
  "app.kubernetes.io/managed-by": "repo-runner",
  "repo-runner.dev/run": "shop",
  "repo-runner.dev/stage": "release",
  "repo-runner.dev/service": "web",
};

it("a Deployment is cleaned of identity, owner, status and our names, and its selector still finds its pods", () => {
  const object = {
    metadata: {
      name: "shop-web",
      namespace: "team-a",
      uid: "u",
      resourceVersion: "1",
      managedFields: [],
      ownerReferences: [{}],
      annotations: { a: "b" },
      labels,
    },
    spec: {
      replicas: 1,
      selector: { matchLabels: { "repo-runner.dev/run": "shop", "repo-runner.dev/service": "web" } },
      template: {
        metadata: { labels },
        spec: {
          imagePullSecrets: [{ name: "x" }],
          containers: [
            { name: "app", image: "localhost:5005/tenants/a@sha256:1" },
            { name: "bridge", image: "looker" },
          ],
        },
      },
    },
    status: { readyReplicas: 1 },
  };
  const clean = cleanObject(object, { apiVersion: "apps/v1", kind: "Deployment" }, (service) => `shop-${service}`);
  const own = { "app.kubernetes.io/part-of": "shop", "app.kubernetes.io/name": "web" };
  expect(clean).toEqual({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "shop-web", labels: own },
    spec: {
      replicas: 1,
      selector: { matchLabels: own },
      template: {
        metadata: { labels: own },
        spec: {
          containers: [
            { name: "app", image: "shop-web" },
            { name: "bridge", image: "looker" },
          ],
        },
      },
    },
  });
});

it("a Service keeps its ports and loses the addresses of this cluster", () => {
  const object = {
    metadata: { name: "shop-web", labels },
    spec: {
      clusterIP: "10.0.0.1",
      clusterIPs: ["10.0.0.1"],
      type: "NodePort",
      ports: [{ port: 80, nodePort: 30412 }],
      selector: { "repo-runner.dev/service": "web" },
    },
  };
  expect(cleanObject(object, { apiVersion: "v1", kind: "Service" }, String)).toMatchObject({
    spec: { type: "NodePort", ports: [{ port: 80 }], selector: { "app.kubernetes.io/name": "web" } },
  });
  expect(JSON.stringify(cleanObject(object, { apiVersion: "v1", kind: "Service" }, String))).not.toMatch(
    /10\.0\.0\.1|30412/,
  );
});
