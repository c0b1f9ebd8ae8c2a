import pg from "pg";

/** Writes of sessions that were committed, counted by the database in the transaction that makes them. */
export class WrittenRows {
  constructor(private readonly at: string) {}

  private async run(text: string): Promise<readonly Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: this.at });
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  }

  async start(): Promise<void> {
    await this.run(`
      CREATE TABLE regraft.written_rows (rows bigint NOT NULL);
      CREATE FUNCTION regraft.count_written() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO regraft.written_rows SELECT count(*) FROM written;
        RETURN NULL;
      END $$;
      CREATE TRIGGER count_written AFTER UPDATE ON regraft.sessions
        REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION regraft.count_written()`);
  }

  async stop(): Promise<number> {
    const [row] = await this.run("SELECT coalesce(sum(rows), 0) AS rows FROM regraft.written_rows");
    await this.run("DROP TRIGGER count_written ON regraft.sessions");
    return Number(row?.rows);
  }
}
