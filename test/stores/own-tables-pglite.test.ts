import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe } from "vitest";
import { ownTablesBehaviour, ownTablesContract } from "./own-tables-behaviour.js";

describe("sessions in the table of an application on PGlite", () => {
  let db: PGlite;
  let schemas = 0;
  const newPlace = () => {
    schemas += 1;
    return { db, other: db, schema: `app${schemas}` };
  };

  beforeAll(async () => {
    db = await PGlite.create();
  });
  afterAll(() => db.close());

  ownTablesContract(newPlace);
  ownTablesBehaviour(newPlace);
});
