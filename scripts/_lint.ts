import { unannounced } from "../test/oracle/announced.js";
import { complaints, decideTriple } from "../test/oracle/judge.js";
import { roundsOf } from "../test/oracle/soak.js";
import { shrink, show } from "../test/oracle/shrink.js";
const N = Number(process.argv[2] ?? 20000), START = Number(process.argv[3] ?? 1);
const seen: Record<string, number> = {}; const first: Record<string, any> = {};
for (let s = START; s < START + N; s++) for (const d of roundsOf(s)) {
  const u = unannounced(d); if (!u) continue; const k = u.replace(/ at .*/, "") ; seen[k] = (seen[k] ?? 0) + 1; first[k] ??= [s, d];
}
console.log(seen);
for (const [k, [s, d]] of Object.entries(first)) {
  const t = shrink(d.triple, (x) => unannounced(decideTriple(x))?.startsWith(k) === true);
  console.log("##", k, s); console.log(show(t)); const e = decideTriple(t); console.log(unannounced(e), JSON.stringify({ ...e.decision, audit: undefined, prompts: undefined }).slice(0, 700));
}
