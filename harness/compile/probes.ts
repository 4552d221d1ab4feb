import {
  ABSENT,
  exp,
  ln,
  type Micros,
  PRESENT,
  PROBE,
  type ProbeOptions,
  type Rng,
  SECOND,
  stream,
} from '../model/index.ts'
import type { OpBuilder } from './columns.ts'
import { REMOVE } from './requests.ts'
import type { WriteLog } from './write-log.ts'

/** From this share of the deadline on, a miss is late. */
const LATE = 0.1
/** The share of late rungs after which `exact` is asked if they miss. */
const EXACT = 0.2

/** What became of one written row in the draw. */
export const NOT_DRAWN = 0
const PROBED = 1
export const WATCHED = 2
export const INELIGIBLE = 3

/**
 * Draws which written rows are probed and appends their ladders (definitions §2): rungs at first·growth^(i + u) after
 * the write's due instant, up to the deadline. Every row of every write draws alike, from a stream of its own, so a
 * larger share probes the same rows and more. A probed delete is asked for once before it is due: 1 s to 2 s before, or
 * less where the row is younger.
 *
 * @param eligible whether exact search would return the row that entry i of the log wrote
 * @returns what became of each entry of the log
 */
export const addProbes = (
  ops: OpBuilder,
  options: ProbeOptions,
  k: number,
  log: WriteLog,
  seed: number,
  eligible: (entry: number) => boolean,
): Uint8Array => {
  const rows = stream(seed, 'probes')
  const rungs = stream(seed, 'rungs')
  const drawn = new Uint8Array(log.count)
  const growth = ln(options.growth)
  for (let entry = 0; entry < log.count; entry++) {
    const chance = rows.uniform()
    const u = rows.uniform()
    const watch = rows.uniform() < options.watch
    const lead = SECOND * (1 + rows.uniform())
    if (chance >= options.share) continue
    drawn[entry] = !eligible(entry) ? INELIGIBLE : watch ? WATCHED : PROBED
    if (drawn[entry] === INELIGIBLE) continue
    const probe = prober(ops, options, k, log, entry, rungs)
    const due = log.due[entry]!
    if (log.what[entry] === REMOVE) {
      const early = Math.floor(Math.min(lead, (due - log.before[entry]!) / 2))
      if (early > 0) probe(due - early, PRESENT, watch, false)
    }
    const expect = log.what[entry] === REMOVE ? ABSENT : PRESENT
    let age = options.first * exp(u * growth)
    for (; age <= options.deadline; age *= options.growth) {
      const exact = age >= LATE * options.deadline && rungs.uniform() < EXACT
      probe(due + Math.floor(age), expect, watch, exact && expect === PRESENT)
    }
  }
  return drawn
}

const prober =
  (
    { add, fields, row }: OpBuilder,
    { repeat }: ProbeOptions,
    k: number,
    log: WriteLog,
    entry: number,
    rng: Rng,
  ) =>
  (at: Micros, expect: number, watch: boolean, exact: boolean): void => {
    const of = log.op[entry]!
    const op = add(at, PROBE, log.space[entry]!, fields.phase[of]!)
    row(log.id[entry]!, log.version[entry]!)
    fields.of[op] = of
    fields.k[op] = k
    fields.expect[op] = expect
    fields.watch[op] = watch ? 1 : 0
    fields.exact[op] = exact ? 1 : 0
    fields.perturb[op] = repeat ? 0 : nonZero(rng)
  }

const nonZero = (rng: Rng): number => {
  for (;;) {
    const word = rng.uint32()
    if (word !== 0) return word
  }
}
