import type { Adapter, Collection } from '../../../harness/model/index.ts'

/** What is wrong with an adapter · the case that must say so · the adapter. */
export type Broken = readonly [flaw: string, rule: string, adapter: Adapter]

/** An adapter that opens something other than it was asked to. */
export const opened =
  (change: (at: Collection) => Partial<Collection>) => (adapter: Required<Adapter>) => ({
    open: (options: unknown, at: Collection) =>
      adapter.open(options, { ...at, ...change(at) }, { now: () => 0 }),
  })
