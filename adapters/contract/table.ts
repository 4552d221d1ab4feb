import type { Bench } from './bench.ts'

/** One rule of behaviour. Throws what is wrong; may return a fact worth telling. */
export interface Case {
  readonly name: string
  // biome-ignore lint/suspicious/noConfusingVoidType: a case that has nothing to tell returns nothing
  run(bench: Bench): Promise<string | void>
}
