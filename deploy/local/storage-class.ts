/** The class that a claim gets which names none, as clusters outside have one. */
export const storageClass = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: "folder", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner: "repo-runner.dev/folder",
  reclaimPolicy: "Delete",
  volumeBindingMode: "Immediate",
} as const;
