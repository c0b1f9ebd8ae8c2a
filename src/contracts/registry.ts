import { type ArtifactKind, versionIn } from "./artifact-kind.js";
import { RegraftError } from "./error.js";

/** Kinds of documents by name: nothing of another kind is kept or read. */
export interface ArtifactRegistry {
  /** All kinds, by name. */
  readonly kinds: readonly string[];
  get(kind: string): ArtifactKind | undefined;
  /**
   * Checks what is about to be written: it is of a registered kind, of its present version, and valid.
   *
   * @throws RegraftError `ARTIFACT.UNREGISTERED_KIND`, `SCHEMA.UNSUPPORTED_VERSION`, `ARTIFACT.INVALID`
   */
  write(kind: string, value: unknown): void;
  /**
   * What was read, in the present form: a value of the version before is raised to it.
   *
   * @throws RegraftError `ARTIFACT.UNREGISTERED_KIND`, `SCHEMA.UNSUPPORTED_VERSION`, `ARTIFACT.INVALID`
   */
  read(kind: string, value: unknown): unknown;
}

/** What a registry tells about old documents: once for each kind. */
export type OldVersion = (kind: string, version: string, present: string) => void;

function unsupported({ kind, version, previous }: ArtifactKind, received: string): RegraftError {
  const known = previous === undefined ? version : `${version}, or ${previous.version} which is raised to it`;
  return new RegraftError("SCHEMA.UNSUPPORTED_VERSION", `a document of kind ${kind} has a version that is not read`, {
    path: "/schemaVersion",
    expected: known,
    received,
  });
}

function checkValid(of: ArtifactKind, value: unknown): void {
  const faults = of.check(value);
  const [first] = faults;
  if (first === undefined) return;
  const where = first.path === "" ? `the ${of.kind}` : `${first.path} of the ${of.kind}`;
  const message = `${where}: expected ${first.expected}, received ${first.received}`;
  throw new RegraftError("ARTIFACT.INVALID", message, { ...first, kind: of.kind, errors: faults });
}

/**
 * Makes a registry of kinds.
 *
 * @throws RegraftError `SCHEMA.INVALID` where two kinds have one name
 */
export function artifactRegistry(kinds: readonly ArtifactKind[], old: OldVersion = () => undefined): ArtifactRegistry {
  const byName = new Map<string, ArtifactKind>();
  for (const one of kinds) {
    if (byName.has(one.kind)) {
      const details = { path: "/kind", expected: "a name that is not taken", received: one.kind };
      throw new RegraftError("SCHEMA.INVALID", `there are two kinds of the name ${one.kind}`, details);
    }
    byName.set(one.kind, one);
  }
  const told = new Set<string>();
  const required = (kind: string): ArtifactKind => {
    const known = byName.get(kind);
    if (known !== undefined) return known;
    throw new RegraftError("ARTIFACT.UNREGISTERED_KIND", `no kind of documents is called ${kind}`, {
      path: "/kind",
      expected: "a registered kind",
      received: kind,
    });
  };
  return Object.freeze<ArtifactRegistry>({
    kinds: [...byName.keys()].sort(),
    get: (kind) => byName.get(kind),
    write: (kind, value) => {
      const of = required(kind);
      const version = versionIn(of, value);
      if (version !== of.version) throw unsupported(of, version);
      checkValid(of, value);
    },
    read: (kind, value) => {
      const of = required(kind);
      const version = versionIn(of, value);
      if (version === of.version) {
        checkValid(of, value);
        return value;
      }
      if (version !== of.previous?.version) throw unsupported(of, version);
      if (!told.has(kind)) old(kind, version, of.version);
      told.add(kind);
      const raised = of.previous.upcast(value);
      checkValid(of, raised);
      return raised;
    },
  });
}
