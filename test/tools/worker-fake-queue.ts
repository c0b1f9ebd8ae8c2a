import type { JobQueue, SendOptions } from "../../src/tools/worker-queue.js";

interface Job {
  readonly id: string;
  readonly queue: string;
  readonly data: object;
  readonly key: string | undefined;
  readonly dueMs: number;
  state: "waits" | "active" | "done";
  tries: number;
}

/** A queue in memory that treats keys as pg-boss does under the policy `short`; its clock is moved by hand. */
export class FakeQueue implements JobQueue {
  readonly jobs: Job[] = [];
  readonly schedules: string[] = [];
  nowMs = 0;

  async createQueue(): Promise<void> {}

  async send(queue: string, data: object, { singletonKey, startAfter = 0 }: SendOptions): Promise<string | null> {
    if (this.jobs.some((job) => job.queue === queue && job.state === "waits" && job.key === singletonKey)) return null;
    const id = String(this.jobs.length + 1);
    const dueMs = this.nowMs + startAfter * 1000;
    this.jobs.push({ id, queue, data: structuredClone(data), key: singletonKey, dueMs, state: "waits", tries: 0 });
    return id;
  }

  async fetch(queue: string): Promise<readonly Job[]> {
    const job = this.jobs.find((one) => one.queue === queue && one.state === "waits" && one.dueMs <= this.nowMs);
    if (job === undefined) return [];
    job.state = "active";
    return [job];
  }

  async complete(_: string, id: string): Promise<void> {
    this.#job(id).state = "done";
  }

  async fail(_: string, id: string): Promise<void> {
    const job = this.#job(id);
    job.tries += 1;
    job.state = job.tries > 5 ? "done" : "waits";
  }

  async schedule(queue: string, cron: string): Promise<void> {
    this.schedules.push(`${queue} ${cron}`);
  }

  async getQueueSize(queue: string): Promise<number> {
    return this.jobs.filter((job) => job.queue === queue && job.state === "waits").length;
  }

  /** Jobs of a queue that wait, with the seconds until they are due. */
  waiting(queue: string): { readonly data: object; readonly inSeconds: number }[] {
    return this.jobs
      .filter((job) => job.queue === queue && job.state === "waits")
      .map(({ data, dueMs }) => ({ data, inSeconds: (dueMs - this.nowMs) / 1000 }));
  }

  #job(id: string): Job {
    const job = this.jobs.find((one) => one.id === id);
    if (job === undefined) throw new TypeError(`there is no job ${id}`);
    return job;
  }
}
