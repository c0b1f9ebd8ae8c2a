/** A server of a test run: in a place of its own, gone afterwards. */
export interface Service {
  readonly url: string;
  /** Ends the server at once, without a word to its clients, and starts it again over the same data. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}
