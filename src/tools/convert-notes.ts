/** What the conversion of a flow file had to decide, one code for each rule of `docs/real-flows.md`. */
export type ConversionNoteCode =
  | "condition_judged"
  | "event_condition"
  | "skip_dropped"
  | "skip_merged"
  | "skip_judged"
  | "parallel_folded"
  | "field_merged"
  | "field_optional"
  | "field_from_host"
  | "step_answer"
  | "step_repeats"
  | "open_choice";

/** One decision of the converter that a reader may want to check. */
export interface ConversionNote {
  readonly code: ConversionNoteCode;
  readonly stepId?: string;
  readonly field?: string;
  readonly message: string;
}
