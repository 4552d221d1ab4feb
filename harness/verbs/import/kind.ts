import type { Given, Io, Verb } from '../verb.ts'

/** One kind of file of the field that `driftmark import` reads. */
export interface Kind {
  /** What it is, in a few words: "a streaming runbook of big-ann-benchmarks". */
  readonly about: string
  readonly options: Verb['options']
  /** Option → its line of help. */
  readonly help: Verb['help']
  /** Whether a file is of this kind, by its path and its first bytes as text. */
  recognises(path: string, head: string): boolean
  /** Imports the file and returns the exit code. `path` is absolute. */
  run(path: string, given: Given, io: Io): Promise<number>
}
