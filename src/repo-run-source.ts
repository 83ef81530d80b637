import { z } from "zod";
import { InnerPath, rules, SecretRef } from "./repo-run-texts.ts";

const GitRef = z
  .object({
    branch: z.string().max(255).optional(),
    tag: z.string().max(255).optional(),
    commit: z
      .string()
      .max(64)
      .meta({
        description: "Full commit id.",
        ...rules({
          rule: "self.matches('^[0-9a-f]{40}([0-9a-f]{24})?$')",
          message: "must be a full commit id (40 hex digits): a short one can come to mean another commit",
        }),
      })
      .optional(),
    pullRequest: z.int().min(1).meta({ description: "Number of a pull or merge request.", format: "int32" }).optional(),
  })
  .meta({
    description: "What to run. Default: the default branch.",
    ...rules({
      rule: "[has(self.branch),has(self.tag),has(self.commit),has(self.pullRequest)].filter(x,x).size() <= 1",
      message: "set at most one of branch, tag, commit, pullRequest",
    }),
  });

const Git = z
  .object({
    url: z.string().min(1).max(1024).meta({ description: "https, http or ssh address of the repository." }),
    ref: GitRef.optional(),
    secretRef: SecretRef.meta({
      description:
        "Credentials: username and password for https, identity and known_hosts for ssh (the keys that Flux uses).",
    }).optional(),
    submodules: z.boolean().meta({ description: "Fetch submodules of the same host." }).optional(),
    lfs: z.boolean().meta({ description: "Fetch LFS files." }).optional(),
  })
  .meta({
    description: "A git repository.",
    // On the parent: a rule on the field would print what it refuses, password and all.
    ...rules(
      {
        rule: "self.url.matches('^(https?|ssh)://[^ ]+$|^[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:[^ ]+$')",
        message: "url must start with https://, http:// or ssh://, or look like user@host:path",
        fieldPath: ".url",
      },
      {
        rule: "!self.url.matches('^https?://[^/]*@') && !self.url.matches('^ssh://[^/@]*:[^/]*@')",
        message: "url must not hold a user name, password or token: put them into a Secret and name it in secretRef",
        fieldPath: ".url",
      },
    ),
  });

const Oci = z
  .object({
    url: z.string().min(1).max(1024).meta({ description: "oci://host/repository:tag or @digest." }),
    secretRef: SecretRef.meta({ description: "Registry credentials (kubernetes.io/dockerconfigjson)." }).optional(),
  })
  .meta({
    description: "Source packed as an OCI artifact (Flux's media type, or repo-runner run DIR).",
    ...rules(
      {
        rule: "self.url.matches('^oci://[^ ]+$')",
        message: "url must start with oci://",
        fieldPath: ".url",
      },
      {
        rule: "!self.url.matches('^oci://[^/]*@')",
        message: "url must not hold a user name, password or token: put them into a Secret and name it in secretRef",
        fieldPath: ".url",
      },
    ),
  });

/** Where the code is. */
export const Source = z
  .object({
    git: Git.optional(),
    oci: Oci.optional(),
    path: InnerPath.meta({ description: "Folder to look at. Default: the whole repository." }).optional(),
  })
  .meta({
    description: "Where the code is.",
    ...rules({ rule: "has(self.git) != has(self.oci)", message: "set exactly one of git, oci" }),
  });
