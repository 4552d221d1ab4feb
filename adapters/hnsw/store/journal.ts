import { refused } from '../refused.ts'
import type { Checkpointed } from './checkpointed.ts'
import type { Difference, Images } from './image.ts'
import type { Operation, Settled } from './operation.ts'
import { DURABILITY } from './sync.ts'

export type { Checkpointed }

/** What the journal held when it was opened. Rows are read once; images are read when they are asked for. */
export interface Restored {
  readonly collections: readonly (Difference & {
    readonly name: string
    readonly number: number
    readonly options: Settled
  })[]
  readonly aliases: ReadonlyMap<string, string>
  /** What was cut off the end of the log, in a sentence: a crash left it, or damage. */
  readonly cut: string | null
}

/** Gives operations their numbers, from 1 and without a gap, and makes them last. */
export interface Journal {
  /** How much an acknowledgement is worth, for people. */
  readonly durability: string
  readonly restored: Restored
  /**
   * Applies the operation once it is written, and resolves when it lasts too: `apply` gets its number and runs without an interruption, in the
   * order of the numbers. What it throws is the operation's refusal. Rejects, without having applied, where the log cannot take it; where
   * the disk fails behind that, it was applied, and may be there after the next start or not.
   */
  commit<Result>(operation: Operation, apply: (sequence: number) => Result): Promise<Result>
  /** Resolves when what is applied by now lasts: who is told of it without a commit of his own waits for this. */
  lasting(): Promise<void>
  checkpoint(): Promise<Checkpointed>
  /**
   * Nothing is committed from now on. What was committed since the last checkpoint may make it worth while to take another one, and the
   * images with it, so that the next start need not build the indexes anew.
   */
  close(images?: Images): Promise<void>
}

/** A journal that keeps nothing: what is applied ends with the process. */
export const inMemory = (): Journal => {
  let sequence = 0
  return {
    durability: DURABILITY.memory,
    restored: { collections: [], aliases: new Map(), cut: null },
    commit: async (_, apply) => apply(++sequence),
    lasting: async () => {},
    checkpoint: async () => {
      throw refused(409, 'in-memory', 'this server has no data folder: start it with --data DIR')
    },
    close: async () => {},
  }
}
