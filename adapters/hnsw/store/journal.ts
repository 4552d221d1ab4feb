import { refused } from '../refused.ts'
import type { Operation } from './operation.ts'

/** What a checkpoint left. */
export interface Checkpointed {
  /** Number of the last operation that the snapshots hold. */
  readonly sequence: number
  readonly rows: number
  /** Of the snapshots, on disk. */
  readonly bytes: number
}

/** Gives operations their numbers, from 1 and without a gap, and makes them last. */
export interface Journal {
  /** How much an acknowledgement is worth, for people. */
  readonly durability: string
  /**
   * Applies the operation once it lasts: `apply` gets its number and runs without an interruption, in the order of the numbers.
   * What it throws is the operation's refusal. Rejects, without having applied, where the log cannot take it.
   */
  commit<Result>(operation: Operation, apply: (sequence: number) => Result): Promise<Result>
  checkpoint(): Promise<Checkpointed>
  /** Nothing is committed from now on. */
  close(): Promise<void>
}

/** A journal that keeps nothing: what is applied ends with the process. */
export const inMemory = (): Journal => {
  let sequence = 0
  return {
    durability: 'none (in memory)',
    commit: async (_, apply) => apply(++sequence),
    checkpoint: async () => {
      throw refused(409, 'in-memory', 'this server has no data folder: start it with --data DIR')
    },
    close: async () => {},
  }
}
