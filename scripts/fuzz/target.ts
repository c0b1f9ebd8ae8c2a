/** Something that takes what others have written, and a document that it takes as it is. */
export interface Target {
  readonly name: string;
  readonly sample: unknown;
  readonly call: (input: never) => unknown;
}
