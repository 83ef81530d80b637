import { BaseAgent } from "./agent.ts";

/** A decision-maker: it chooses and orders agents for one stage, and does no technical work itself. */
export abstract class BaseManager<Request, Answer> extends BaseAgent<Request, Answer> {
  /** A pass of a manager ends well within the controller's limit for one pass. */
  override readonly timeoutMs = 50_000;
}
