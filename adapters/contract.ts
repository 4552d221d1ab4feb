import type { Adapter, Clock } from '../harness/model/index.ts'
import { createBench, type Elsewhere } from './contract/bench.ts'
import { isUnsupported, waitedFor } from './contract/claim.ts'
import { elsewhere as secondProcess } from './contract/elsewhere.ts'
import { lifecycle } from './contract/lifecycle.ts'
import { refusals } from './contract/refusals.ts'
import { searches } from './contract/searches.ts'
import type { Case } from './contract/table.ts'
import { wire } from './contract/wire.ts'
import { writes } from './contract/writes.ts'

/** What every adapter must do, case by case. */
export const CONTRACT: readonly Case[] = [
  ...writes,
  ...searches,
  ...refusals,
  ...lifecycle,
  ...wire,
  ...secondProcess,
]

export type { Elsewhere, Remote } from './contract/bench.ts'

export interface CaseResult {
  readonly name: string
  /** `unsupported`: the case needs a capability that is absent, which the detail names. */
  readonly outcome: 'passed' | 'unsupported' | 'failed'
  /** What went wrong, what is absent, or a fact; may be empty. */
  readonly detail: string
}

export interface ContractOptions {
  readonly clock: Clock
  /** How long, in ms, an answer may take before it counts as never; a case may take ten times as long. Default: 10,000. */
  readonly patience?: number
  /** Below which folder and with which options a server may be launched to be killed; absent: that case is unsupported. */
  readonly launch?: { readonly dir: string; readonly options: unknown }
  /** Opens a collection in another process; absent: what needs one is unsupported. */
  readonly elsewhere?: Elsewhere
  /** The cases to run; default: all. */
  readonly cases?: readonly Case[]
}

/** Runs the behaviour suite on an adapter, case after case, each in collections of its own that are dropped after it. */
export async function* runContract(
  adapter: Adapter,
  options: unknown,
  { cases = CONTRACT, patience = 10_000, ...more }: ContractOptions,
): AsyncGenerator<CaseResult> {
  const given = { adapter, options, patience, ...more }
  for (const { name, run } of cases) {
    const { bench, cleanUp } = createBench(given)
    const errors: unknown[] = []
    let detail = ''
    try {
      detail = (await waitedFor('the case', run(bench), 10 * patience)) ?? ''
    } catch (error) {
      errors.push(error)
    }
    try {
      await waitedFor('closing and dropping after the case', cleanUp(), patience)
    } catch (error) {
      errors.push(error)
    }
    yield { name, ...judge(errors, detail) }
  }
}

const judge = (errors: readonly unknown[], detail: string): Omit<CaseResult, 'name'> => {
  const [first] = errors
  if (first === undefined) return { outcome: 'passed', detail }
  const outcome = errors.every(isUnsupported) ? 'unsupported' : 'failed'
  const sentences = errors.map((error) => (error instanceof Error ? error.message : String(error)))
  return { outcome, detail: sentences.join('; then ') }
}
