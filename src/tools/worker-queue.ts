/** A job as the queue hands it out. */
export interface QueueJob {
  readonly id: string;
  readonly data: unknown;
}

/** How a job is queued. */
export interface SendOptions {
  /** Of the jobs of one key only one waits at a time. */
  readonly singletonKey?: string;
  /** Seconds to wait first. */
  readonly startAfter?: number;
}

/** How a queue treats its jobs. */
export interface QueueSettings {
  readonly name: string;
  /** `short`: of the jobs of one key only one waits at a time. */
  readonly policy: "short";
  readonly retryLimit: number;
  readonly retryDelay: number;
  readonly retryBackoff: boolean;
  /** Seconds after which the job of a worker that has gone silent is given to another. */
  readonly expireInSeconds: number;
}

/**
 * What is used of a job engine: a started `PgBoss` of pg-boss 10 is one.
 *
 * @since 0.2.0
 * @public
 */
export interface JobQueue {
  createQueue(name: string, settings: QueueSettings): Promise<void>;
  /** The id of the job; null where another of the same key waits already. */
  send(name: string, data: object, options: SendOptions): Promise<string | null>;
  fetch(name: string, options: { batchSize: number }): Promise<readonly QueueJob[]>;
  complete(name: string, id: string): Promise<void>;
  fail(name: string, id: string, reason: object): Promise<void>;
  schedule(name: string, cron: string, data: object, options: SendOptions): Promise<void>;
  /** Jobs that wait. */
  getQueueSize(name: string): Promise<number>;
}
