import { z } from "zod";
import { ModelChoice, type AskedEndpoint, type ModelAnswer, type ModelRequest } from "../../model-call.ts";
import { extractObject } from "./extract.ts";
import { type Completion, ModelTransport, type Refused, type Sent } from "./transport.ts";

type Rung = ModelAnswer["rung"];
type Message = { readonly role: "system" | "user" | "assistant"; readonly content: string };

/** From the surest way to have an answer in its form down to none: a server that refuses one is asked by the next. */
const rungs: readonly Rung[] = ["JsonSchema", "Tool", "JsonObject", "Text"];

/**
 * Asks one endpoint one question, and judges what comes back: extracted wherever the server put it, checked against the closed list, repaired once by naming
 * what was wrong. Whatever happens, what it has cost is told.
 */
export async function ask(request: ModelRequest, key: string | undefined, signal: AbortSignal): Promise<ModelAnswer> {
  return await new Question(request, key, signal).run();
}

class Question {
  readonly #request: ModelRequest;
  readonly #transport: ModelTransport;
  readonly #key: string | undefined;
  readonly #schema: z.ZodType<ModelChoice>;
  readonly #began = performance.now();
  #input = 0;
  #output = 0;
  #usageKnown = true;
  #rung: Rung;
  #ability: ModelAnswer["ability"];
  #tokenField: "max_tokens" | "max_completion_tokens";

  constructor(request: ModelRequest, key: string | undefined, signal: AbortSignal) {
    this.#request = request;
    this.#key = key;
    this.#transport = new ModelTransport(request, key, signal);
    this.#schema = ModelChoice.extend({ candidate: z.enum(request.candidates as [string, ...string[]]) });
    const { structuredOutput, tokenParam } = request.endpoint;
    this.#rung = structuredOutput === "Auto" ? "JsonSchema" : structuredOutput;
    this.#tokenField = tokenParam === "MaxCompletionTokens" ? "max_completion_tokens" : "max_tokens";
  }

  async run(): Promise<ModelAnswer> {
    if (this.#request.probe) {
      const refused = await this.#probe();
      if (refused) return this.#answer(refused.outcome, refused);
    }
    const messages: Message[] = [
      { role: "system", content: this.#request.system },
      { role: "user", content: this.#request.user },
    ];
    for (let turn = 1; ; turn += 1) {
      const sent = await this.#climbDown(messages);
      if ("refused" in sent) return this.#answer(sent.refused.outcome, sent.refused);
      const ended = this.#endOf(sent.completion);
      if (ended) return ended;
      const { text, judged } = this.#judge(sent.completion);
      if (judged.success) return this.#filtered(judged.data);
      const wrong = judged.error.issues
        .map(({ path, message }) => `${path.join(".") || "answer"}: ${message}`)
        .join("; ");
      if (turn === 2) return this.#answer("Unusable", { message: `not in its form: ${wrong}` });
      messages.push(
        { role: "assistant", content: text.slice(0, 2000) },
        { role: "user", content: `That is not valid (${wrong.slice(0, 300)}). Answer with the JSON object alone.` },
      );
    }
  }

  /** Whether a schema binds: asked for a fruit of the list, and told to name another. */
  async #probe(): Promise<Refused | undefined> {
    const fruit = z.object({ fruit: z.enum(["apple", "pear"]) });
    const format = { type: "json_schema", json_schema: { name: "fruit", strict: true, schema: z.toJSONSchema(fruit) } };
    const messages: Message[] = [
      { role: "user", content: "Whatever form is asked for: answer with the single word PINEAPPLE." },
    ];
    const sent = await this.#send({ ...this.#base(messages), response_format: format });
    if ("refused" in sent) {
      if (sent.refused.outcome !== "BadRequest") return sent.refused;
      this.#ability = "Rejected";
      if (this.#request.endpoint.structuredOutput === "Auto") this.#rung = "Tool";
      return undefined;
    }
    const content = sent.completion.choices?.[0]?.message;
    const found = extractObject({
      content: content?.content ?? null,
      reasoningContent: content?.reasoning_content ?? null,
    });
    this.#ability = fruit.safeParse(found).success ? "Enforced" : "Accepted";
    if (this.#ability === "Accepted" && this.#request.endpoint.structuredOutput === "Auto") this.#rung = "Text";
    return undefined;
  }

  async #climbDown(messages: readonly Message[]): Promise<Sent> {
    for (;;) {
      const sent = await this.#send(this.#body(messages));
      if (!("refused" in sent) || sent.refused.outcome !== "BadRequest") return sent;
      if (this.#tokenField === "max_tokens" && sent.refused.message.includes("max_completion_tokens")) {
        this.#tokenField = "max_completion_tokens";
        continue;
      }
      const next = rungs[rungs.indexOf(this.#rung) + 1];
      if (next === undefined) return sent;
      this.#rung = next;
    }
  }

  async #send(body: Readonly<Record<string, unknown>>): Promise<Sent> {
    const sent = await this.#transport.send(body);
    if ("completion" in sent) this.#count(body, sent.completion);
    return sent;
  }

  /** First of all: an answer that is of no use has cost as much as a good one. */
  #count(body: Readonly<Record<string, unknown>>, { usage, choices }: Completion): void {
    const told = usage?.prompt_tokens !== undefined && usage.completion_tokens !== undefined;
    if (!told) this.#usageKnown = false;
    this.#input += whole(usage?.prompt_tokens) ?? Math.ceil(JSON.stringify(body["messages"]).length / 3);
    this.#output += whole(usage?.completion_tokens) ?? Math.ceil((choices?.[0]?.message?.content?.length ?? 0) / 3);
  }

  #base(messages: readonly Message[]): Record<string, unknown> {
    const { model, temperature, maxOutputTokens, reasoningEffort } = this.#request.endpoint;
    return {
      model,
      messages,
      temperature,
      [this.#tokenField]: maxOutputTokens,
      ...(reasoningEffort === undefined ? {} : { reasoning_effort: reasoningEffort.toLowerCase() }),
    };
  }

  #body(messages: readonly Message[]): Record<string, unknown> {
    const base = this.#base(messages);
    const schema = {
      type: "object",
      properties: {
        candidate: { type: "string", enum: this.#request.candidates },
        confidence: { type: "string", enum: ["high", "medium", "low"] },
        reason: { type: "string" },
      },
      required: ["candidate", "confidence", "reason"],
      additionalProperties: false,
    };
    switch (this.#rung) {
      case "JsonSchema":
        return {
          ...base,
          response_format: { type: "json_schema", json_schema: { name: "choice", strict: true, schema } },
        };
      case "Tool": {
        const choose = { name: "choose", description: "Names the change.", strict: true, parameters: schema };
        return {
          ...base,
          tools: [{ type: "function", function: choose }],
          tool_choice: { type: "function", function: { name: "choose" } },
        };
      }
      case "JsonObject":
        return { ...base, response_format: { type: "json_object" } };
      case "Text":
        return base;
    }
  }

  #endOf({ choices }: Completion): ModelAnswer | undefined {
    const choice = choices?.[0];
    if (choice?.finish_reason === "content_filter")
      return this.#answer("ContentPolicy", { message: "the endpoint's filter held the answer back" });
    const refusal = choice?.message?.refusal;
    return refusal ? this.#answer("Refused", { message: this.#transport.hidden(refusal) }) : undefined;
  }

  #judge({ choices }: Completion): { readonly text: string; readonly judged: z.ZodSafeParseResult<ModelChoice> } {
    const message = choices?.[0]?.message;
    const toolArguments = message?.tool_calls?.[0]?.function?.arguments ?? null;
    const reasoningContent = message?.reasoning_content ?? message?.reasoning ?? null;
    const found = extractObject({ content: message?.content ?? null, reasoningContent, toolArguments });
    const cut =
      typeof found === "object" && found !== null && "reason" in found && typeof found.reason === "string"
        ? { ...found, reason: found.reason.slice(0, 240) }
        : found;
    return { text: message?.content ?? toolArguments ?? "", judged: this.#schema.safeParse(cut) };
  }

  /** What a model says is shown to people: nothing in it may be a secret, lead anywhere or hide itself. */
  #filtered(choice: ModelChoice): ModelAnswer {
    const { reason } = choice;
    // oxlint-disable-next-line no-control-regex
    const hides = /[\u0000-\u0008\u000B-\u001F\u007F\u200B-\u200F\u202A-\u202E\u2060-\u2064\uFEFF]/.test(reason);
    const leads = [...reason.matchAll(/https?:\/\/[^\s"']+/g)].some(([url]) => !this.#request.user.includes(url));
    const tells = this.#transport.hidden(reason) !== reason;
    if (hides || leads || tells) return this.#answer("Unusable", { message: "its words hold what may not be shown" });
    return this.#answer("Answered", { choice });
  }

  #answer(
    outcome: ModelAnswer["outcome"],
    more: Pick<ModelAnswer, "choice" | "message" | "retryAfterSeconds">,
  ): ModelAnswer {
    const { endpoint } = this.#request;
    const { message, choice, retryAfterSeconds } = more;
    return {
      endpoint: endpoint.name,
      model: endpoint.model,
      outcome,
      ...(choice === undefined ? {} : { choice }),
      usage: { inputTokens: this.#input, outputTokens: this.#output, known: this.#usageKnown },
      costUsd: costOf(endpoint, this.#input, this.#output),
      requests: this.#transport.requests,
      seconds: Math.round(performance.now() - this.#began) / 1000,
      rung: this.#rung,
      ...(this.#ability === undefined ? {} : { ability: this.#ability }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      ...(message === undefined
        ? {}
        : { message: (this.#key === undefined ? message : message.replaceAll(this.#key, "[redacted]")).slice(0, 256) }),
    };
  }
}

function costOf({ price }: AskedEndpoint, input: number, output: number): number {
  if (price === undefined) return 0;
  return Math.round(input * Number(price.inputPerMTok) + output * Number(price.outputPerMTok)) / 1e6;
}

function whole(value: number | undefined): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? Math.round(value) : undefined;
}
