import { headline } from '../../../../reports/headline.ts'
import type { Evidence } from '../evidence.ts'
import { type Line, lineOf } from '../line.ts'
import { countLine } from './counts.ts'
import { isLast } from './rows.ts'

/** Inserts that were acknowledged before a crash and forgotten by it: lost, each of them and no other. */
export const forgottenLine = ({ findings, inserts, truth }: Evidence): Line => {
  const forgotten = new Set(truth.forgotten.map(({ id, version }) => `${id}:${version}`))
  const last = inserts.filter(isLast)
  return countLine('inserts acknowledged and forgotten by the crash', {
    measured: findings.ingestToSearchable?.lost,
    truth: last.filter(({ ladder: { write } }) => forgotten.has(`${write.id}:${write.version}`))
      .length,
    of: last.length,
  })
}

/** The first line of what a person reads names the crash, and no earlier than it was. */
export const firstLine = ({ findings, truth, origin }: Evidence): Line => {
  const crashed = ((truth.crashed ?? Infinity) - origin) / 1e6
  const first = headline(findings).split('\n')[0]!
  const said = Number(/had ended by ([\d.]+) s/.exec(first)?.[1] ?? Number.NaN)
  return lineOf({
    what: 'the first line of the run',
    claimed: `the engine ended at ${crashed.toFixed(1)} s`,
    measured: Number.isNaN(said) ? 'says nothing of it' : `the engine had ended by ${said} s`,
    allowed: 'said, and no time before',
    n: truth.crashed === null ? 0 : 1,
    holds: said >= Number(crashed.toFixed(1)) - 0.1 && !findings.validity.valid,
  })
}

/** offered = ok + fail + unknown + skipped, of every kind (definitions §1). */
export const addsUpLine = ({ findings }: Evidence): Line => {
  const kinds = Object.values(findings.validity.offered)
  const offered = kinds.reduce((sum, one) => sum + one.offered, 0)
  const found = kinds.reduce((sum, { ok, fail, unknown, skipped }) => {
    return sum + ok + fail + unknown + skipped
  }, 0)
  return countLine('operations accounted for', { measured: found, truth: offered, of: offered })
}
