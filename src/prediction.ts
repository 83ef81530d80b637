import { z } from "zod";
import { Action } from "./fix.ts";

/** One thing that would have gone wrong, mended in the draft before anything was built. */
export const Prediction = z.object({
  service: z.string().max(40),
  /** Number of the prediction's rule: `V02`. */
  rule: z.string().max(16),
  /** Number of the FixerAgent's rule that would have mended the failure: `P02`. */
  forestalls: z.string().max(16),
  /** CamelCase name of what would have been seen, as fixes call it: `RuntimeTooNew`. */
  signature: z.string().max(64),
  action: Action,
  /** For people, without the service's name: `app.py imports distutils, which left Python with 3.12`. */
  because: z.string().max(256),
  where: z.string().max(256).optional(),
});
export type Prediction = z.infer<typeof Prediction>;

/** What building and running a service is thought to take, and what that stands on. */
export const Estimate = z.object({
  service: z.string().max(40),
  /** Most memory of the build, in MiB. */
  buildMegabytes: z.int().positive(),
  /** A build without any cache, on two cores. */
  buildSeconds: z.int().positive(),
  /** Memory of the running program, in MiB. */
  runMegabytes: z.int().positive(),
  /** How many packages are installed; absent where nothing says it. */
  packages: z.int().min(0).optional(),
  /** `214 packages of package-lock.json, next`. */
  from: z.string().max(256),
});
export type Estimate = z.infer<typeof Estimate>;
