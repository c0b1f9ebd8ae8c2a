import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresStore } from "../../src/stores/postgres.js";
import { storeContract } from "../../src/testing/store-contract.js";
import { postgresBehaviour } from "./postgres-behaviour.js";

describe("the PostgreSQL store on PGlite", () => {
  let client: PGlite;
  let schemas = 0;
  const newSchema = () => {
    schemas += 1;
    return `Store '${schemas}' "\\"`;
  };

  beforeAll(async () => {
    client = await PGlite.create();
  });
  afterAll(() => client.close());

  storeContract(
    { describe, it, expect },
    {
      makeStore: async (clock) => {
        const schema = newSchema();
        const open = () => postgresStore({ client, schema, clock });
        const store = open();
        await store.setup();
        return { store, reopen: open, another: open };
      },
    },
  );

  postgresBehaviour(() => ({ client, schema: newSchema() }));
});
