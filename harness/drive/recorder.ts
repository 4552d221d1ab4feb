import type { Micros } from '../model/index.ts'
import { createHistory, createSamples, type EventBatch } from './folder/index.ts'
import { createGauges } from './gauges.ts'
import type { Progress } from './progress.ts'
import { createMerge, type Merge } from './sender/merge.ts'
import type { Told } from './sender/protocol.ts'
import type { Vitals } from './sender/vitals.ts'
import type { Plan } from './session.ts'

/** Writes history.arrow and samples.arrow from what the senders tell. */
export interface Recorder {
  hear(told: Told, sender: number): void
  /** A sender has told everything. */
  ended(sender: number): void
  close(until: Micros, interrupted: boolean): void
}

/** Writes in this thread: encoding never holds up a sender. `origin`: the zero of the run on the machine's monotonic clock. */
export const createRecorder = (plan: Plan, origin: number): Recorder => {
  const { dir, enginePid, senders = 1 } = plan
  const history = createHistory(dir, origin)
  const samples = createSamples(dir)
  const read = createGauges(enginePid)
  const merge = senders === 1 ? ONE : createMerge(senders)
  const last: (Vitals | undefined)[] = Array.from({ length: senders })
  const playing = new Set(last.keys())
  let statsFailed = false

  const write = (batch: EventBatch | null): void => {
    if (batch !== null) history.append(batch)
  }
  /** The gauges of the processes go with those of the first sender that still plays. */
  const isFirst = (sender: number): boolean => sender === [...playing][0]
  const hearVitals = (vitals: Vitals, sender: number): void => {
    last[sender] = vitals
    samples.append(vitals.at, { ...vitals.gauges, ...(isFirst(sender) ? read() : {}) })
    if (vitals.statsFailure !== null && !statsFailed) {
      statsFailed = true
      plan.onStatsFailure?.(vitals.statsFailure)
    }
    if (isFirst(sender)) plan.onProgress?.(progressOf(plan, vitals, last))
  }
  return {
    hear: (told, sender) => {
      if ('events' in told) write(merge.add(sender, told.events))
      else if ('vitals' in told) hearVitals(told.vitals, sender)
    },
    ended: (sender) => {
      playing.delete(sender)
      write(merge.ended(sender))
    },
    close: (until, interrupted) => {
      history.close(until, interrupted)
      samples.close()
    },
  }
}

/** The batches of a lone sender are in order as they come. */
const ONE: Merge = { add: (_, batch) => batch, ended: () => null }

const progressOf = (
  { trace }: Plan,
  { at, phase, inFlight }: Vitals,
  last: readonly (Vitals | undefined)[],
): Progress => {
  const sum = (of: (vitals: Vitals) => number): number =>
    last.reduce((all, vitals) => all + (vitals === undefined ? 0 : of(vitals)), 0)
  return {
    elapsed: at,
    end: trace.meta.end,
    phase: trace.meta.phases[phase]?.name ?? '',
    offered: sum(({ offered }) => offered),
    achieved: sum(({ achieved }) => achieved),
    inFlight,
    unseen: sum(({ unseen }) => unseen),
  }
}
