import { analyse, type View, viewOf } from '../../analysis/index.ts'
import type { Ladder } from '../../analysis/ladders.ts'
import { type ProvenRemoval, type ProvenVisibility, provenRemoval } from '../../analysis/proven.ts'
import { probingOf } from '../../analysis/visibility.ts'
import { readRun } from '../../drive/index.ts'
import { type Dataset, type Findings, type Micros, OK, VIA_INDEX } from '../../model/index.ts'
import { readTruth, type Searched, type Truth, type Written } from './truth.ts'

/** A probed write: what the instrument proved of it, and what the sim says became of it. */
export interface Probed<Proof> {
  readonly ladder: Ladder
  readonly proof: Proof
  readonly truth: Written | undefined
}

/** What the instrument found, beside what the sim says of itself. Both stamp with the machine's monotonic clock. */
export interface Evidence {
  readonly findings: Findings
  readonly view: View
  readonly truth: Truth
  /** Clock zero of the run on the sim's clock. */
  readonly origin: Micros
  readonly inserts: readonly Probed<ProvenVisibility>[]
  readonly deletes: readonly Probed<ProvenRemoval>[]
  /** An `ok` search or probe as the sim logged it: by when it was under way and by what it returned. */
  searched(op: number): Searched | undefined
}

/** Analyses a run and lays it beside the log that the sim kept. */
export const gatherEvidence = async (
  dir: string,
  log: string,
  dataset: Dataset,
): Promise<Evidence> => {
  const run = { ...(await readRun(dir)), dataset }
  const { origin } = run.history
  if (origin === undefined) throw new Error('the history does not tell when the run began')
  const truth = readTruth(log)
  const view = viewOf(run)
  const { ladders, proven } = probingOf(view)
  return {
    findings: analyse(run),
    view,
    truth,
    origin,
    inserts: ladders.flatMap((ladder, i) =>
      ladder.kind === 'insert'
        ? [
            {
              ladder,
              proof: proven[i]!,
              truth: truth.upsert(ladder.write.id, ladder.write.version),
            },
          ]
        : [],
    ),
    deletes: ladders
      .filter(({ kind }) => kind === 'delete')
      .map((ladder) => ({
        ladder,
        proof: provenRemoval(ladder),
        truth: truth.delete(ladder.write.id, origin + ladder.write.sent),
      })),
    searched: searchFinder(view, truth, origin),
  }
}

/**
 * Each entry belongs to one search at most: what came back names it, and it was handled while the search was under way. Searches
 * are served by when they ended, each with the earliest entry that is left: no other choice finds partners for more of them.
 */
const searchFinder = (view: View, { searches }: Truth, origin: Micros) => {
  const byAnswer = Map.groupBy(
    searches.filter(({ via, answered }) => via === 'search' && answered !== null),
    ({ returned }) => returned.join(),
  )
  const { history } = view
  const events = Array.from({ length: history.count }, (_, event) => event)
    .filter((event) => history.outcome[event] === OK && history.via[event] === VIA_INDEX)
    .sort((a, b) => history.done[a]! - history.done[b]!)
  const found = new Map<number, Searched>()
  for (const event of events) {
    const ids = history.hitIds.subarray(history.hits[event]!, history.hits[event + 1]!)
    const entries = byAnswer.get(ids.join()) ?? []
    const from = origin + history.sent[event]! - CLOCKS
    const place = entries.findIndex(({ received }) => received >= from)
    const entry = entries[place]
    if (!entry || entry.received > origin + history.done[event]! + CLOCKS) continue
    entries.splice(place, 1)
    found.set(history.op[event]!, entry)
  }
  return (op: number): Searched | undefined => found.get(op)
}

/** Microseconds by which two readings of the machine's one clock may differ: both are cut to whole ones. */
export const CLOCKS = 10
