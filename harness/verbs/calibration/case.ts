import type { Evidence } from './evidence.ts'
import type { Line } from './line.ts'

/** One engine of known flaws, and how the findings are held against what the sim says of itself. */
export interface Case {
  /** What `--case` takes. */
  readonly name: string
  /** What the engine does, in a few words. */
  readonly about: string
  /** What it shows of the instrument, in one sentence for someone who doubts it. */
  readonly proves: string
  /** Options of the sim. */
  readonly flaws: Readonly<Record<string, unknown>>
  /** Changes to the scenario, as `--set` has them. */
  readonly sets: readonly string[]
  /** More of them under `--full`. */
  readonly full: readonly string[]
  /**
   * The claims hold whatever the speed of the machine (counts, recall), so the case is played beside others. A case whose
   * claims are times is played alone.
   */
  readonly timeless?: true
  readonly judge: (evidence: Evidence) => readonly Line[]
}
