import type { Database, Reason, Service } from "../../../plan.ts";
import type { ExampleLine } from "../../config/example-file.ts";
import type { CodeEvidence, FixedAddress } from "./code-scan.ts";
import type { ConnectionName, EngineName } from "./connection-names.ts";
import type { Driver } from "./drivers.ts";
import type { Dependency } from "./manifests.ts";

/** What can be provided: a file cannot. */
export type Provided = Database["engine"];

/** One variable by which a service asks for a database. */
export interface Asked extends ConnectionName {
  readonly engine: Provided;
  readonly fallback: string | undefined;
  readonly where: string;
}

/** A database that one service needs, and by what. */
export interface Wanted {
  readonly engine: Provided;
  readonly why: string;
  readonly where: string;
  readonly asked: readonly Asked[];
  /** What only the code says, because it reads no variable for it. */
  readonly fixed: FixedAddress | undefined;
}

/** What one service says about databases. */
export interface Decision {
  readonly wanted: readonly Wanted[];
  /** Variables of databases that are not needed by themselves, but wired where one is there. */
  readonly optional: readonly Asked[];
  /** Why none was taken where one might have been expected. */
  readonly declined: readonly Reason[];
  readonly drivers: readonly Driver[];
}

/** All that is known of one service. */
export interface ServiceEvidence {
  readonly service: Service;
  readonly dependencies: readonly Dependency[];
  readonly code: CodeEvidence;
  readonly example: ReadonlyMap<string, ExampleLine>;
}

/** One variable with all that is known of it. */
export interface Use extends ConnectionName {
  readonly fallback: string | undefined;
  readonly guarded: boolean;
  readonly required: boolean;
  readonly told: boolean;
  readonly where: string;
  readonly because: string;
}

/** What an engine is judged by. */
export type Facts = {
  readonly evidence: ServiceEvidence;
  readonly drivers: readonly Driver[];
  readonly uses: readonly Use[];
  readonly there: readonly Provided[];
};

/** Drivers that speak to both of a pair. */
export function same(engine: Provided, driven: readonly EngineName[]): boolean {
  return (engine === "MariaDB" && driven.includes("MySQL")) || (engine === "Valkey" && driven.includes("Redis"));
}

/** What one service shows of databases, and what is made of it. */
export interface Looked {
  readonly evidence: ServiceEvidence;
  readonly decision: Decision;
}
