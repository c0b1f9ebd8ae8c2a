import { describe, expect, it } from "vitest";
import { fileStore } from "../../src/stores/file.js";
import { storeContract } from "../../src/testing/store-contract.js";
import { freshDirectories } from "./file-directories.js";

const freshDirectory = freshDirectories();

describe("the file store", () => {
  storeContract(
    { describe, it, expect },
    {
      makeStore: (clock) => {
        const directory = freshDirectory();
        const open = () => fileStore(directory, { clock, fsync: false });
        return { store: open(), reopen: open, another: open };
      },
      capabilities: { setBasedMark: false },
    },
  );
});
