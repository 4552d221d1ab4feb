import { type Scenario, stream } from '../model/index.ts'
import { instants } from './arrivals.ts'
import type { Calendar } from './calendar.ts'

export const INSERT = 0
export const UPDATE = 1
export const REMOVE = 2
export const WHAT = ['insert', 'update', 'delete'] as const

/**
 * The write requests of one phase: when they come, in workload time, and what they do. A request of a batch
 * is of one kind.
 */
export interface Requests {
  readonly at: Float64Array
  /** INSERT, UPDATE or REMOVE. */
  readonly what: Uint8Array
  /** Rows inserted by all of them. */
  readonly inserts: number
}

/** Drawn before anything is picked: how many rows a scenario needs is known without running its workload. */
export const requestsOf = (
  scenario: Scenario,
  calendar: Calendar,
  seed: number,
): readonly Requests[] =>
  scenario.phases.map(({ writes }, i) => {
    if (!writes) return { at: new Float64Array(0), what: new Uint8Array(0), inserts: 0 }
    const { from, to } = calendar.phases[i]!
    const { arrivals, batch, mix, rate } = writes
    const at = instants(arrivals, rate, batch, from, to, seed, `writes/${i}`)
    const rng = stream(seed, 'kinds', i)
    const total = mix.insert + mix.update + mix.delete
    let inserts = 0
    const what = Uint8Array.from(at, () => {
      const drawn = rng.uniform() * total
      if (drawn < mix.insert) {
        inserts += batch
        return INSERT
      }
      return drawn < mix.insert + mix.update ? UPDATE : REMOVE
    })
    return { at, what, inserts }
  })
