/**
 * Tells the time. Nothing in regraft reads the machine's clock but through this port.
 *
 * @public
 */
export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  now(): number;
}
