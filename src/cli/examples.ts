/** A call of a command and what it does. */
export interface CommandExample {
  readonly line: string;
  readonly says: string;
}

const examples: Readonly<Record<string, readonly CommandExample[]>> = {
  diff: [
    { line: "regraft diff v1.json v2.json", says: "what changed, as tables" },
    { line: "regraft diff v1.json v2.json --explain", says: "and why each old step belongs to its new one" },
    { line: "regraft diff v1.json v2.json --mermaid", says: "a picture for a review" },
    { line: "regraft diff v1.json v2.json --json", says: "the transformation map for a program" },
  ],
  lint: [
    { line: "regraft lint v1.json", says: "one version by itself" },
    {
      line: "regraft lint v1.json v2.json --fail-on error",
      says: "in continuous integration: fails only where approval would be refused",
    },
  ],
  plan: [
    {
      line: "regraft plan v1.json v2.json --sessions sessions.jsonl",
      says: "the plan, with the number of sessions on each step",
    },
    {
      line: "regraft plan v1.json v2.json --mapping mapping.json --out plan.json",
      says: "with explicit pairs, written to a file",
    },
    {
      line: "regraft plan v1.json v2.json --store .regraft --by ana",
      says: "proposed into a store, to be approved there",
    },
  ],
  golden: [
    { line: "regraft golden run cases/*.json", says: "plays all cases; ends with 1 if one of them differs" },
    { line: "regraft golden run cases/loan.json --filter refund", says: "only the cases with that in their id" },
    {
      line: "regraft golden run cases/loan.json --json",
      says: "verdicts, differences and full outcomes for a program",
    },
    {
      line: "regraft golden run cases/loan.json --update",
      says: "writes the new outcomes into the file; only where UPDATE_GOLDEN=1 is set",
    },
  ],
  rehearse: [
    { line: "regraft rehearse v1.json v2.json --store .regraft", says: "the sessions of a store" },
    {
      line: "regraft rehearse v1.json v2.json --sessions sessions.jsonl",
      says: "totals, and one explained session of each outcome",
    },
    {
      line: "regraft rehearse v1.json v2.json --sessions sessions.jsonl --effects effects.json",
      says: "with answers about reworded checkpoints",
    },
    {
      line: "regraft rehearse v1.json v2.json --sessions sessions.jsonl --out results.jsonl --fail-on blocked,review",
      says: "every result in a file; fails if a session would be stopped",
    },
    {
      line: "regraft rehearse v1.json v2.json --sessions sessions.jsonl --jsonl --quiet",
      says: "every result for a program, a line at a time",
    },
  ],
  store: [
    {
      line: "regraft store setup --store postgres://app@db.example/app",
      says: "makes the tables of a PostgreSQL store",
    },
    { line: "regraft store setup --store pglite:./data", says: "the same in an embedded database" },
  ],
  publish: [
    { line: "regraft publish v1.json", says: "into ./.regraft, or the store of REGRAFT_STORE" },
    { line: "regraft publish v1.json --store pglite:./data --tenant a", says: "into another store, for one tenant" },
  ],
  approve: [
    {
      line: "regraft approve PLAN --digest sha256:... --by ana",
      says: "with the id and the digest that `plan` printed",
    },
    {
      line: "regraft approve PLAN --digest sha256:... --by ana --store pglite:./data --json",
      says: "in another store, for a program",
    },
  ],
  deploy: [
    { line: "regraft deploy PLAN", says: "after a crash, a second call goes on where the first one stopped" },
    { line: "regraft deploy PLAN --json", says: "status and number of marked sessions for a program" },
  ],
  promote: [
    { line: "regraft promote PLAN --by ana", says: "ends with 1 unless the next wave has begun" },
    { line: "regraft promote PLAN --by ana --json", says: "what was measured and decided, for a program" },
  ],
  pause: [
    { line: "regraft pause PLAN --by ana", says: "its sessions stay where they are" },
    { line: "regraft pause PLAN --by ana --json", says: "the state of the plan for a program" },
  ],
  resume: [
    { line: "regraft resume PLAN --by ana", says: "and marks what was met in the meantime" },
    { line: "regraft resume PLAN --by ana --json", says: "the state of the plan for a program" },
  ],
  show: [
    { line: "regraft show PLAN", says: "the plan with its digest, for whoever approves it" },
    { line: "regraft show PLAN --markdown --store pglite:./data", says: "for a page, from another store" },
  ],
  reject: [
    { line: "regraft reject PLAN --by bo --reason wrong-text", says: "after that the versions can be planned anew" },
    { line: "regraft reject PLAN --by bo --json", says: "the state of the plan for a program" },
  ],
  rollback: [
    { line: "regraft rollback PLAN --by ana --reason wrong-text", says: "what was moved stays moved" },
    { line: "regraft rollback PLAN --by ana --json", says: "the state of the plan for a program" },
  ],
  status: [
    { line: "regraft status --store .regraft", says: "all plans" },
    { line: "regraft status PLAN --json", says: "the counts of one plan for a program" },
  ],
  gate: [
    {
      line: "regraft gate check --stage deploy --plan PLAN --store .regraft",
      says: "ends with 1 unless the gate would let it through",
    },
    {
      line: "regraft gate check --stage plan.approve --plan PLAN --contract contract.json --evidence reviews --json",
      says: "under a further contract, with the files it wants to see",
    },
  ],
  "gate check": [
    {
      line: "regraft gate check --stage deploy --plan PLAN --store .regraft",
      says: "ends with 1 unless the gate would let it through",
    },
    {
      line: "regraft gate check --stage plan.approve --plan PLAN --contract contract.json --evidence reviews --json",
      says: "under a further contract, with the files it wants to see",
    },
  ],
  ledger: [
    { line: "regraft ledger verify", says: "ends with 4 and names the entry where a stream is broken" },
    { line: "regraft ledger show plan/PLAN", says: "what happened to a plan" },
    { line: "regraft ledger show session/s1 --cloud-events", says: "entries to be forwarded, one a line" },
    { line: "regraft ledger seal", says: "now and then, for example every hour" },
  ],
  audit: [
    { line: "regraft audit bundle --plan PLAN --out bundle.jsonl", says: "a plan and the sessions it took part in" },
    { line: "regraft audit verify bundle.jsonl", says: "needs nothing but the file" },
    { line: "regraft audit snapshot v1.json", says: "the same bytes for the same graph" },
  ],
  run: [
    { line: "regraft run record v1.json v2.json --sessions sessions.jsonl --out run.json", says: "all in one file" },
    { line: "regraft run reproduce run.json", says: "ends with 4 where anything is not the same" },
    { line: "regraft run reproduce runs/*.json --sample 20", says: "the same for twenty of many runs" },
  ],
  report: [
    { line: "regraft report plan PLAN --out report.md", says: "as Markdown; with --json as JSON" },
    { line: "regraft report check report.json", says: "recounts the operations" },
  ],
  retention: [
    { line: "regraft retention plan --out retention.json", says: "what would go, and why the rest stays" },
    { line: "regraft retention apply retention.json --by ana", says: "drops what was planned" },
  ],
  "dlq list": [{ line: "regraft dlq list", says: "sessions that were set aside, and why" }],
  "dlq retry": [
    { line: "regraft dlq retry s1 --by ana", says: "tries again now; ends with 1 if it fails again" },
    { line: "regraft dlq retry --all --by ana", says: "after the cause of many was mended" },
  ],
  "dlq drop": [{ line: "regraft dlq drop s1 --by ana --reason closed", says: "gives it up, on record" }],
  slo: [
    {
      line: "regraft slo --since 2026-02-01T00:00:00Z",
      says: "the month so far; ends with 1 if an objective is missed",
    },
    { line: "regraft slo --flow 0.95 --json", says: "with an objective of your own, for a program" },
  ],
  alerts: [
    { line: "regraft alerts --since 2026-02-01T00:00:00Z", says: "the built-in rules; ends with 1 if one fires" },
    { line: "regraft alerts --rules alerts.json --json", says: "own rules, for a job that calls somebody" },
  ],
  dlq: [
    { line: "regraft dlq list", says: "the sessions that were set aside, and why" },
    { line: "regraft dlq retry SESSION --by ana", says: "tries one of them again" },
  ],
  schema: [
    { line: "regraft schema list --check", says: "ends with 1 if a kind lacks its schema or an example" },
    { line: "regraft schema validate --kind scenario v1.json", says: "also for kinds of your own, with --registry" },
    { line: "regraft schema validate --all", says: "every example: valid ones pass, invalid ones do not" },
    { line: "regraft schema verify", says: "ends with 4 if a schema or a pin was edited" },
  ],
  config: [
    { line: "regraft config show --profile production", says: "every option with where its value comes from" },
    { line: "regraft config show --set limits.maxSteps=500 --json", says: "for a program" },
  ],
  doctor: [
    { line: "regraft doctor --store .regraft", says: "ends with 1 if something is broken" },
    { line: "regraft doctor --store .regraft --fix", says: "completes what was left half way" },
  ],
  verify: [
    { line: "regraft verify --store .regraft", says: "before and after every release of an application" },
    { line: "regraft verify --json", says: "only what is in the package: schemas, pins, examples" },
  ],
  drill: [
    { line: "regraft drill --all", says: "all faults, each in a temporary store" },
    { line: "regraft drill stuck-lock", says: "one of them" },
  ],
  state: [
    {
      line: "regraft state migrate --from export --store .regraft --dry-run",
      says: "what would be taken over from export/versions and export/sessions",
    },
    {
      line: "regraft state migrate --from export --store .regraft",
      says: "takes it over; a second run changes nothing",
    },
  ],
  worker: [
    { line: "regraft worker --store postgres://app@db.example/app", says: "on as many hosts as wanted" },
    { line: "regraft worker --store postgres://app@db.example/app --rate 50 --once", says: "slowly, and then ends" },
  ],
};

/** Examples for the help of a command and for its documentation. */
export function examplesOf(command: string): readonly CommandExample[] {
  return examples[command] ?? [];
}
