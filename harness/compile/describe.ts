import {
  KINDS,
  type OpColumns,
  PROBE,
  type Runbook,
  SEARCH,
  SECOND,
  type Trace,
} from '../model/index.ts'
import { peakOf } from './runbook/walk.ts'

/**
 * What a trace holds, for people: phases, ops by kind, probed and ineligible writes, rungs, checkpoints, rows
 * needed. Lines, without a path or a time of day.
 */
export const describeTrace = ({ meta, ops }: Trace): string => {
  const { checkpoints, end, phases, preload, probes, scenario, seed } = meta
  const kinds = KINDS.map(
    (name, kind) => `${ops.kind.reduce((n, one) => n + (one === kind ? 1 : 0), 0)} ${name}`,
  )
  const lines = [
    `scenario     ${scenario.name}, seed ${seed}`,
    `dataset      ${meta.fingerprint}`,
    `length       ${seconds(end)}, ladders apart; ${ops.count} ops: ${kinds.join(', ')}`,
    ...(scenario.runbook ? [`runbook      ${runbookLine(scenario.runbook)}`] : []),
    `rows         ${preload} preloaded, ${rowsNeeded(ops, preload)} needed`,
    ...phases.map(
      ({ name, measured, from, to }, i) =>
        `phase        ${name}, ${seconds(from)} to ${seconds(to)}${measured ? '' : ', not measured'}: ${inPhase(ops, i)}`,
    ),
    `probed       ${perKind(probes.probed)}`,
    `ineligible   ${perKind(probes.ineligible)}`,
    `checkpoints  ${checkpoints.length}${checkpoints.length > 0 ? `, at ${checkpoints.map(({ from }) => seconds(from)).join(', ')}` : ''}`,
  ]
  return `${lines.join('\n')}\n`
}

const seconds = (micros: number): string => `${Number((micros / SECOND).toFixed(3))}s`

/** Whether the file keeps to the most rows that it declares is told, for other tools size an index by it. */
const runbookLine = ({ name, steps, maxPoints }: Runbook): string => {
  const peak = peakOf(steps)
  const exceeded = maxPoints !== null && peak > maxPoints
  const declared = maxPoints === null ? 'no max_pts' : `max_pts ${maxPoints}`
  return `${name}, ${steps.length} steps, at most ${peak} rows live, ${declared}${exceeded ? ' EXCEEDED' : ''}`
}

const perKind = (counts: {
  readonly insert: number
  readonly update: number
  readonly delete: number
}): string => `${counts.insert} inserts, ${counts.update} updates, ${counts.delete} deletes`

const rowsNeeded = ({ ids }: OpColumns, preload: number): number =>
  ids.reduce((most, id) => Math.max(most, id + 1), preload)

/** Foreground ops of a phase: checkpoint searches and probe rungs apart. */
const inPhase = (ops: OpColumns, phase: number): string => {
  let writes = 0
  let searches = 0
  let rungs = 0
  for (let i = 0; i < ops.count; i++) {
    if (ops.phase[i] !== phase) continue
    if (ops.kind[i]! < SEARCH) writes++
    else if (ops.kind[i] === SEARCH && ops.checkpoint[i]! < 0) searches++
    else if (ops.kind[i] === PROBE) rungs++
  }
  return `${writes} writes, ${searches} searches, ${rungs} probe rungs`
}
