import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { ownTablesBehaviour, ownTablesContract } from "./own-tables-behaviour.js";

const url = process.env.REGRAFT_TEST_POSTGRES;

if (url === undefined) {
  describe("sessions in the table of an application on a server", () => {
    it.skipIf(process.env.REGRAFT_REQUIRE_SERVERS !== "1")("have one to be tested on", () => {
      expect.fail("REGRAFT_TEST_POSTGRES is not set");
    });
  });
  console.log(
    "test/stores/own-tables-postgres.test.ts: skipped, REGRAFT_TEST_POSTGRES names no server (postgres://...)",
  );
} else {
  describe("sessions in the table of an application on a server", () => serverTests(url));
}

function serverTests(connectionString: string): void {
  const prefix = `a_${randomUUID().slice(0, 8)}`;
  const schemas: string[] = [];
  const [db, other] = [new pg.Pool({ connectionString, max: 8 }), new pg.Pool({ connectionString, max: 8 })];
  const newPlace = () => {
    const schema = `${prefix}_${schemas.length}`;
    schemas.push(schema);
    return { db, other, schema };
  };

  afterAll(async () => {
    for (const schema of schemas) await db.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    await Promise.all([db.end(), other.end()]);
  });

  ownTablesContract(newPlace);
  ownTablesBehaviour(newPlace);
}
