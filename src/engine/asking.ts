import type {
  CollectDecision,
  CompetingFinding,
  ConfirmDecision,
  ConfirmResult,
  Decision,
  Field,
  FoundValue,
  Session,
} from "../contracts/types.js";
import { type PromptRequest, renderPrompt } from "../fill/prompt-render.js";
import type { CompiledScenario } from "../scenario/compile.js";
import type { Engine } from "./context.js";
import type { FactBook } from "./facts.js";

type Asking = Pick<Engine, "prompts" | "person" | "logger" | "tenantId">;

/** What the texts of a question are made from. */
interface Circumstances {
  readonly engine: Asking;
  readonly session: Session;
  readonly to: CompiledScenario;
}

/**
 * Of a question for the person, what was found but is not sure is offered for confirmation first. What a tool or the host has to know is
 * not: nobody but them can say whether it is right.
 */
export function confirmFirst(decision: Decision, book: FactBook, to: CompiledScenario): Decision {
  if (decision.action !== "collect") return decision;
  const doubtful = decision.fields
    .filter((field) => (to.fields.get(field)?.source ?? "person") === "person")
    .map((field) => book.doubtful(field))
    .find((value) => value !== undefined);
  if (doubtful === undefined) return decision;
  const { replyBinding, audit, obstacle } = decision;
  const offer = offerOf(doubtful, to);
  const why = offer.competing === undefined ? "FIELD.UNCONFIRMED" : "FIELD.CONFLICT";
  return { action: "confirm", reasons: [...decision.reasons, why], replyBinding, audit, ...offer, obstacle };
}

/** What is offered for confirmation; what others say of a sensitive field is not told. */
function offerOf(
  { field, value, quote = "", source, competing = [] }: FoundValue,
  to: CompiledScenario,
): Pick<ConfirmDecision, "field" | "value" | "quote" | "source" | "competing"> {
  const isHidden = to.fields.get(field)?.sensitive === true;
  const others = competing.map((other): CompetingFinding => {
    const words = other.quote === undefined ? {} : { quote: other.quote };
    const said = isHidden ? {} : { value: other.value, ...words };
    return { source: other.source, confidence: other.confidence, ...said };
  });
  return { field, value, quote, source, ...(others.length === 0 ? {} : { competing: others }) };
}

/** A result that offers a value, put together again: the ledger keeps neither the value nor what is said with it. */
export function offeredAgain(
  engine: Asking,
  session: Session,
  to: CompiledScenario,
  result: ConfirmResult,
  found: FoundValue,
): ConfirmResult {
  return confirming({ engine, session, to }, { ...result, ...offerOf(found, to) });
}

/** A decision with its questions as the person is to read them. */
export function asked(engine: Asking, session: Session, to: CompiledScenario, decision: Decision): Decision {
  const circumstances = { engine, session, to };
  if (decision.action === "collect") return collecting(circumstances, decision);
  return decision.action === "confirm" ? confirming(circumstances, decision) : decision;
}

function definitionOf({ to }: Circumstances, name: string): Field {
  return to.fields.get(name) ?? { name, type: "string" };
}

function collecting(circumstances: Circumstances, decision: CollectDecision): CollectDecision {
  const fields = decision.prompts.map(({ field }) => definitionOf(circumstances, field));
  const prompts = fields.map((field) => ({
    field: field.name,
    prompt: said(circumstances, { kind: "ask", field }),
  }));
  const texts = prompts.map(({ prompt }) => prompt);
  const hostFields = decision.fields.filter(
    (name) => (definitionOf(circumstances, name).source ?? "person") !== "person",
  );
  const message = texts.length > 1 ? said(circumstances, { kind: "several", fields, prompts: texts }) : texts[0];
  return {
    ...decision,
    prompts,
    ...(message === undefined ? {} : { message }),
    ...(hostFields.length === 0 ? {} : { hostFields }),
  };
}

function confirming<T extends Pick<ConfirmDecision, "field" | "value" | "quote" | "competing" | "prompt">>(
  circumstances: Circumstances,
  decision: T,
): T {
  const { value, quote, competing = [] } = decision;
  const field = definitionOf(circumstances, decision.field);
  return { ...decision, prompt: said(circumstances, { kind: "confirm", field, value, quote, competing }) };
}

type Told<T = PromptRequest> = T extends PromptRequest ? Omit<T, "session" | "locale"> : never;

/** The text of a question; that of the built-in templates where the host's own fails. */
function said({ engine, session }: Circumstances, told: Told): string {
  const locale = engine.person.locale(session);
  const request: PromptRequest = { ...told, session, ...(locale === undefined ? {} : { locale }) };
  try {
    return renderPrompt(engine.prompts, request);
  } catch {
    const { id: sessionId, tenantId } = session;
    engine.logger?.warn({ sessionId, tenantId, kind: told.kind }, "the host's prompts failed");
    return renderPrompt(undefined, request);
  }
}
