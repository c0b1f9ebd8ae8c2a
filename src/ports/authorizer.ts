/**
 * Everything that changes something, as `noun.verb`. Reading is not authorized: what may be read is the host's matter.
 *
 * @public
 */
export type AccessAction =
  | "scenario.publish"
  | "plan.propose"
  | "plan.amend"
  | "plan.approve"
  | "plan.reject"
  | "plan.deploy"
  | "plan.pause"
  | "plan.resume"
  | "plan.promote"
  | "plan.rollback"
  | "plan.unmark"
  | "session.start"
  | "session.import"
  | "session.visit"
  | "session.update"
  | "session.reconcile"
  | "session.answer"
  | "session.complete"
  | "session.waive"
  | "session.resolve"
  | "session.hold"
  | "session.release"
  | "session.undo"
  | "session.drain"
  | "session.erase"
  | "letter.retry"
  | "letter.drop"
  | "ledger.deliver"
  | "ledger.seal"
  | "retention.apply"
  | "retention.hold"
  | "retention.lift"
  | "flags.set"
  | "audit.export";

/** Who calls the engine, as the host has found out. */
export interface Identity {
  readonly principal: string;
  readonly role?: string;
}

/** Who wants to do what, to what, in which tenant. */
export interface AccessRequest {
  /** Who it is; undefined where nobody is named. */
  readonly principal: string | undefined;
  readonly role?: string;
  readonly tenant: string;
  readonly action: AccessAction;
  /** What it is done to: a kind, and the id in it; `*` for all of the kind. */
  readonly resource: { readonly kind: string; readonly id: string };
}

/** The answer of an authorizer. Anything but `allowed: true` denies. */
export interface AccessVerdict {
  readonly allowed: boolean;
  /** Why, for an operator. */
  readonly note?: string;
  /** Something is wrong with the rules; logged once per process. */
  readonly warning?: string;
}

/**
 * Decides who may change what. One that throws, is late or answers something else denies.
 *
 * Regraft does not find out who somebody is: the host does, and names them with `regraft.as({ principal, role })` or `by`.
 *
 * @since 0.2.0
 * @public
 */
export interface Authorizer {
  authorize(request: AccessRequest): boolean | AccessVerdict | Promise<boolean | AccessVerdict>;
  /** Authors may approve their own plans in this tenant. They may not if absent. */
  readonly allowsSelfApproval?: (tenant: string) => boolean;
}
